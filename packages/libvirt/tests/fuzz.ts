import { ProtocolError, types, XdrError } from '../src/index.ts'
import { decodeMessage, encodeMessage, Framer } from '../src/rpc/message.ts'
import { type Codec, decode, encode } from '../src/xdr/codec.ts'
import { RandomSource, seeded } from './random-source.ts'

export interface FuzzResult {
  readonly inputs: number
  readonly accepted: number
  readonly refused: number
}

export const everyCodec: readonly [name: string, codec: Codec<unknown>][] = Object.entries(types)

/**
 * Feeds random and damaged bytes to the XDR decoder and the framer. Whatever comes, the answer is a value that encodes to the
 * very same bytes, or an XdrError or ProtocolError; anything else throws an Error with the input that did it.
 */
export function fuzz(inputs: number, seed: number): FuzzResult {
  const random = new RandomSource(seeded(seed))
  let accepted = 0
  for (let i = 0; i < inputs; i++) {
    const [name, codec] = everyCodec[random.below(everyCodec.length)]!
    const bytes = makeInput(random, codec)
    try {
      const ok = random.below(4) === 0 ? throughFrames(random, codec, bytes) : throughCodec(codec, bytes)
      if (ok) accepted++
    } catch (cause) {
      throw new Error(`seed ${seed}, input ${i}, type ${name}: ${bytes.toString('hex')}: ${String(cause)}`, { cause })
    }
  }
  return { inputs, accepted, refused: inputs - accepted }
}

function makeInput(random: RandomSource, codec: Codec<unknown>): Buffer {
  if (random.below(4) === 0) return Buffer.from(random.fixedOpaque(random.below(200)))
  const bytes = Buffer.from(encode(codec, codec.read(random)))
  const damages = random.below(4)
  for (let i = 0; i < damages && bytes.length > 0; i++) {
    const at = random.below(bytes.length)
    const kind = random.below(4)
    if (kind === 0) bytes[at] = random.below(256)
    else if (kind === 1) bytes.writeUInt32BE(random.uint(), Math.min(at & ~3, bytes.length - 4))
    else if (kind === 2) return bytes.subarray(0, at)
    else return Buffer.concat([bytes, random.fixedOpaque(random.below(8))])
  }
  return bytes
}

function throughCodec(codec: Codec<unknown>, bytes: Buffer): boolean {
  let value: unknown
  try {
    value = decode(codec, bytes)
  } catch (error) {
    if (error instanceof XdrError) return false
    throw error
  }
  const again = encode(codec, value)
  // The many bit patterns of NaN become one; every other value has one encoding only.
  if (!again.equals(bytes) && !holdsNaN(value)) throw new Error('what was accepted encodes to other bytes')
  return true
}

function holdsNaN(value: unknown): boolean {
  if (typeof value === 'number') return Number.isNaN(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsNaN)
}

function throughFrames(random: RandomSource, codec: Codec<unknown>, bytes: Buffer): boolean {
  const raw: Codec<Buffer> = { minBytes: 0, write: (to, value) => to.raw(value), read: () => Buffer.alloc(0) }
  const header = {
    program: random.uint(),
    version: 1,
    procedure: 1,
    type: random.below(9),
    serial: 1,
    status: random.below(4),
  }
  const stream = Buffer.from(encodeMessage(header, raw, bytes))
  if (random.below(3) === 0) stream[random.below(8)] = random.below(256)
  const framer = new Framer()
  let accepted = false
  try {
    for (let at = 0; at < stream.length; ) {
      const end = at + 1 + random.below(stream.length - at)
      for (const frame of framer.push(stream.subarray(at, end))) {
        accepted = throughCodec(codec, decodeMessage(frame).payload) || accepted
      }
      at = end
    }
  } catch (error) {
    if (error instanceof ProtocolError) return false
    throw error
  }
  return accepted
}

if (import.meta.main) {
  const [inputs = '20000', seed = '1'] = process.argv.slice(2)
  process.stdout.write(
    `${JSON.stringify({ fuzz: 'xdr', seed: Number(seed), ...fuzz(Number(inputs), Number(seed)) })}\n`,
  )
}
