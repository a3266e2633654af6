import { ImageError, readQcow2Header } from '../src/storage/qcow2-header.ts'

/** Feeds `inputs` random and mutated headers to the reader; only ImageError may be thrown. Throws with the seed otherwise. */
export function fuzz(inputs: number, seed: number): { inputs: number; read: number; refused: number } {
  const random = xorshift(seed)
  let read = 0
  let refused = 0
  for (let at = 0; at < inputs; at++) {
    const bytes = input(random)
    try {
      const header = readQcow2Header(bytes)
      if (!Number.isSafeInteger(header.virtualSize)) throw new Error('unsafe virtual size')
      read++
    } catch (error) {
      if (!(error instanceof ImageError)) {
        throw new Error(`seed ${seed}, input ${at}: ${Buffer.from(bytes).toString('hex').slice(0, 400)}`, {
          cause: error,
        })
      }
      refused++
    }
  }
  return { inputs, read, refused }
}

function input(random: () => number): Uint8Array {
  const int = (below: number): number => Math.floor(random() * below)
  const bytes = new Uint8Array(int(4) === 0 ? int(200) : 512 + int(2048))
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < bytes.length; at++) if (int(8) === 0) bytes[at] = int(256)
  if (bytes.length < 112 || int(20) === 0) return bytes
  view.setUint32(0, 0x514649fb)
  view.setUint32(4, 2 + int(2))
  if (int(4) > 0) view.setBigUint64(8, BigInt(int(4) === 0 ? int(2 ** 31) : int(bytes.length)))
  if (int(4) > 0) view.setUint32(16, int(8) === 0 ? int(2 ** 31) : int(64))
  view.setUint32(20, int(5) === 0 ? int(40) : 16)
  if (int(2) > 0) view.setBigUint64(24, BigInt(int(2 ** 40)))
  view.setBigUint64(72, BigInt(int(2) === 0 ? 0 : int(64)))
  view.setUint32(100, int(4) === 0 ? int(2 ** 16) : 104)
  if (int(2) > 0) {
    view.setUint32(104, [0xe2792aca, 0x44415441, 0x6803f857, 0][int(4)] as number)
    view.setUint32(108, int(4) === 0 ? int(2 ** 31) : int(40))
  }
  return bytes
}

function xorshift(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
