import { Bug } from '@altostack/core'
import { type Sample, type SeriesKind, seriesFields, shardOf, shardSize } from './series.ts'

/**
 * A block holds one sample of up to 64 neighbouring objects: a version byte, then for each object the last bits of its id
 * and 16 bits a field. A value is kept as the logarithm of itself plus one, in steps of 0.07 %; up to 2^65.
 */
const version = 1
const scale = 1000
const unknown = 0xffff

export function encodeValue(value: number): number {
  if (!Number.isFinite(value) || value < 0) return unknown
  return Math.min(unknown - 1, Math.round(Math.log2(1 + value) * scale))
}

export function decodeValue(code: number): number {
  return code === unknown ? Number.NaN : 2 ** (code / scale) - 1
}

/** All ids are of one shard. Throws Bug for others. */
export function encodeBlock(kind: SeriesKind, samples: ReadonlyMap<number, Sample>): Uint8Array {
  const width = seriesFields[kind].length
  const bytes = new Uint8Array(1 + samples.size * (1 + 2 * width))
  const view = new DataView(bytes.buffer)
  bytes[0] = version
  let at = 1
  let shard: number | undefined
  for (const [id, sample] of samples) {
    shard ??= shardOf(id)
    if (shardOf(id) !== shard || sample.length !== width) throw new Bug('a sample is in the wrong block', { kind, id })
    bytes[at++] = id % shardSize
    for (const value of sample) {
      view.setUint16(at, encodeValue(value))
      at += 2
    }
  }
  return bytes
}

/** Calls `take` for each sample, of `only` alone when given. A block of another version or length says nothing. */
export function readBlock(
  kind: SeriesKind,
  shard: number,
  bytes: Uint8Array,
  take: (id: number, sample: Sample) => void,
  only?: ReadonlySet<number>,
): void {
  const width = seriesFields[kind].length
  const entry = 1 + 2 * width
  if (bytes[0] !== version || (bytes.length - 1) % entry !== 0) return
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 1; at < bytes.length; at += entry) {
    const id = shard * shardSize + (bytes[at] as number)
    if (only !== undefined && !only.has(id)) continue
    const sample = new Array<number>(width)
    for (let field = 0; field < width; field++) sample[field] = decodeValue(view.getUint16(at + 1 + 2 * field))
    take(id, sample)
  }
}
