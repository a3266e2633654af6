/** What a qcow2 header says, as far as it decides whether an image is safe to give to QEMU. */
export type Qcow2Header = {
  readonly version: 2 | 3
  readonly virtualSize: number
  readonly clusterBits: number
  /** Name of the backing file as stored. */
  readonly backingFile: string | undefined
  readonly backingFormat: string | undefined
  /** Guest data lies in another file. */
  readonly externalData: boolean
  readonly encrypted: boolean
  readonly snapshots: number
  /** Bits of incompatible features that this reader does not know. */
  readonly unknownFeatures: bigint
}

export class ImageError extends Error {
  override readonly name = 'ImageError'
}

const magic = 0x514649fb
const maxVirtualSize = 2 ** 53 - 1
/** dirty, corrupt, external data file, compression type, extended L2. */
const knownFeatures = 0b11111n
const externalDataFeature = 0b100n
const extensionBackingFormat = 0xe2792aca
const extensionDataFile = 0x44415441

/** How much of a file `readQcow2Header` needs: everything it looks at lies within the first cluster. */
export const qcow2HeaderBytes = 65536

/** Reads a header from the first bytes of a file. Throws ImageError on anything that QEMU would not open or that lies. */
export function readQcow2Header(bytes: Uint8Array): Qcow2Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, qcow2HeaderBytes))
  if (view.byteLength < 72) throw new ImageError('shorter than a qcow2 header')
  if (view.getUint32(0) !== magic) throw new ImageError('not a qcow2 image')
  const version = view.getUint32(4)
  if (version !== 2 && version !== 3) throw new ImageError(`qcow2 version ${version}`)
  const clusterBits = view.getUint32(20)
  if (clusterBits < 9 || clusterBits > 21) throw new ImageError(`cluster size of ${clusterBits} bits`)
  const size = view.getBigUint64(24)
  if (size > BigInt(maxVirtualSize)) throw new ImageError('virtual size beyond 8 PiB')
  const crypt = view.getUint32(32)
  const headerLength = version === 2 ? 72 : length3(view)
  const features = version === 2 ? 0n : view.getBigUint64(72)
  const backingOffset = view.getBigUint64(8)
  const extensions = readExtensions(view, headerLength, backingOffset)
  return {
    version,
    virtualSize: Number(size),
    clusterBits,
    backingFile: readBackingFile(view, backingOffset, view.getUint32(16), clusterBits),
    backingFormat: extensions.backingFormat,
    externalData: (features & externalDataFeature) !== 0n || extensions.dataFile,
    encrypted: crypt !== 0,
    snapshots: view.getUint32(60),
    unknownFeatures: features & ~knownFeatures,
  }
}

function length3(view: DataView): number {
  if (view.byteLength < 104) throw new ImageError('shorter than a qcow2 version 3 header')
  const length = view.getUint32(100)
  if (length < 104 || length % 8 !== 0 || length > view.byteLength) throw new ImageError(`header length ${length}`)
  return length
}

function readBackingFile(view: DataView, offset: bigint, length: number, clusterBits: number): string | undefined {
  if (offset === 0n) return undefined
  if (length === 0) throw new ImageError('a backing file without a name')
  if (length > 1023) throw new ImageError('the name of the backing file is longer than 1023 bytes')
  const limit = BigInt(Math.min(view.byteLength, 2 ** clusterBits))
  if (offset + BigInt(length) > limit) throw new ImageError('the name of the backing file lies outside the header')
  return textAt(view, Number(offset), length)
}

function readExtensions(
  view: DataView,
  from: number,
  backingOffset: bigint,
): { backingFormat: string | undefined; dataFile: boolean } {
  let backingFormat: string | undefined
  let dataFile = false
  let at = from
  const end = backingOffset === 0n ? view.byteLength : Math.min(view.byteLength, Number(backingOffset))
  while (at + 8 <= end) {
    const type = view.getUint32(at)
    if (type === 0) break
    const length = view.getUint32(at + 4)
    if (length > end - at - 8) throw new ImageError('a header extension reaches beyond the header')
    if (type === extensionBackingFormat) backingFormat = textAt(view, at + 8, length)
    if (type === extensionDataFile) dataFile = true
    at += 8 + Math.ceil(length / 8) * 8
  }
  return { backingFormat, dataFile }
}

function textAt(view: DataView, offset: number, length: number): string {
  return Buffer.from(view.buffer, view.byteOffset + offset, length).toString('utf8')
}
