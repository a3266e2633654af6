/** What the first bytes of an image say; pure, so that it can be fuzzed. */
export type ImageHeader =
  | { readonly format: 'qcow2'; readonly version: 2 | 3; readonly virtualSize: number; readonly clusterSize: number }
  | { readonly format: 'raw' }
  /** `reason` is one sentence for the caller. */
  | { readonly format: 'refused'; readonly reason: string }

/** As many bytes of a file's begin as the check looks at. */
export const imageHeaderBytes = 65_536

const qcow2Magic = 0x51_46_49_fb
/** Header extensions, by type. */
const extensions = { end: 0, backingFormat: 0xe2_79_2a_ca, externalData: 0x44_41_54_41 } as const
const features = { dirty: 1n, corrupt: 2n, externalData: 4n, compression: 8n, extendedL2: 16n } as const
const knownFeatures =
  features.dirty | features.corrupt | features.externalData | features.compression | features.extendedL2

/** As QEMU bounds them. */
const maxCountsTable = 8n * 1024n * 1024n
const maxSnapshots = 65_536

/** Beginnings of formats that are neither qcow2 nor a plain disk: an image that pretends to be raw must be none of them. */
const otherFormats: readonly (readonly [name: string, magic: string])[] = [
  ['VMDK', 'KDMV'],
  ['VMDK', '# Disk DescriptorFile'],
  ['VHD', 'conectix'],
  ['VHDX', 'vhdxfile'],
  ['VDI', '<<< '],
  ['QED', 'QED\0'],
  ['LUKS', 'LUKS\xba\xbe'],
  ['parallels', 'WithoutFreeSpace'],
  ['a gzip file', '\x1f\x8b'],
  ['an xz file', '\xfd7zXZ'],
  ['a zip file', 'PK\x03\x04'],
  ['a bzip2 file', 'BZh'],
  ['a zstd file', '\x28\xb5\x2f\xfd'],
  ['a web page', '<!DOCTYPE'],
  ['a web page', '<html'],
]

/**
 * Examines the begin of an image: qcow2 without backing file, external data file or encryption, of a sane geometry; or a
 * plain disk. Never throws, whatever the bytes are. `fileBytes`: length of the whole file, which its tables must be in.
 */
export function readImageHeader(bytes: Uint8Array, fileBytes = Number.MAX_SAFE_INTEGER): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 512) return refused('it is shorter than one sector')
  if (view.getUint32(0) === qcow2Magic) return readQcow2(view, BigInt(fileBytes))
  const begin = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(64, bytes.length)).toString('latin1')
  const other = otherFormats.find(([, magic]) => begin.toLowerCase().startsWith(magic.toLowerCase()))
  return other === undefined ? { format: 'raw' } : refused(`it is ${other[0]}`)
}

/**
 * Examines the begin of an ISO: an image of ISO 9660 or UDF that is no other format as well. Some ISOs begin with the
 * boot sector of a disk, so what is before the volume descriptors is free. Answers why it is none, or undefined.
 */
export function refuseIso(bytes: Uint8Array): string | undefined {
  const header = readImageHeader(bytes)
  if (header.format === 'refused') return header.reason
  if (header.format === 'qcow2') return 'it is qcow2'
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = volumeDescriptors + 1; at + 5 <= text.length; at += 2048) {
    if (isoIdentifiers.includes(text.toString('latin1', at, at + 5))) return undefined
  }
  return 'it is no ISO 9660 or UDF image'
}

/** Where the volume descriptors of a CD begin, and what they say they are. */
const volumeDescriptors = 32_768
const isoIdentifiers = ['CD001', 'NSR02', 'NSR03']

function readQcow2(view: DataView, fileBytes: bigint): ImageHeader {
  const version = view.getUint32(4)
  if (version !== 2 && version !== 3) return refused(`qcow2 version ${version} is not known`)
  if (view.getBigUint64(8) !== 0n || view.getUint32(16) !== 0) return refused('it has a backing file')
  const clusterBits = view.getUint32(20)
  if (clusterBits < 9 || clusterBits > 21) return refused(`its clusters have ${clusterBits} bits`)
  const clusterSize = 2 ** clusterBits
  const size = view.getBigUint64(24)
  if (size === 0n || size > 2n ** 50n) return refused(`its disk has ${size} bytes`)
  if (view.getUint32(32) !== 0) return refused('it is encrypted')
  const tableBytes = BigInt(view.getUint32(36)) * 8n
  // Each entry of the first table covers a cluster of entries: more of them than the disk needs is not an image.
  const covered = BigInt(clusterSize) * BigInt(clusterSize / 8)
  if (tableBytes > ((size + covered - 1n) / covered) * 8n + 8n * 4096n) return refused('its first table is too long')
  if (tableBytes < ((size + covered - 1n) / covered) * 8n) return refused('its first table is too short')
  const cluster = BigInt(clusterSize)
  const tables = [
    ['first table', view.getBigUint64(40), tableBytes],
    ['reference counts', view.getBigUint64(48), 1n],
  ] as const
  for (const [name, offset, length] of tables) {
    if (offset < cluster || offset % cluster !== 0n) return refused(`its ${name} are at no cluster`)
    if (offset + length > fileBytes) return refused(`its ${name} are beyond its end`)
  }
  if (BigInt(view.getUint32(56)) * cluster > maxCountsTable) return refused('its table of reference counts is too long')
  const snapshots = view.getUint32(60)
  if (snapshots > maxSnapshots || (snapshots > 0 && view.getBigUint64(64) >= fileBytes)) {
    return refused(`its ${snapshots} inner snapshots are beyond its end, or too many`)
  }
  if (version === 2) return { format: 'qcow2', version, virtualSize: Number(size), clusterSize }
  return readVersion3(view, Number(size), clusterSize)
}

function readVersion3(view: DataView, virtualSize: number, clusterSize: number): ImageHeader {
  const incompatible = view.getBigUint64(72)
  if ((incompatible & features.externalData) !== 0n) return refused('it keeps its data in another file')
  if ((incompatible & features.corrupt) !== 0n) return refused('it is marked as corrupt')
  if ((incompatible & ~knownFeatures) !== 0n) return refused('it needs features that are not known')
  const headerLength = view.getUint32(100)
  if (headerLength < 104 || headerLength > clusterSize || headerLength % 8 !== 0) {
    return refused(`its header has ${headerLength} bytes`)
  }
  for (let at = headerLength; at + 8 <= Math.min(view.byteLength, clusterSize); ) {
    const type = view.getUint32(at)
    const length = view.getUint32(at + 4)
    if (type === extensions.end) break
    if (type === extensions.externalData) return refused('it names another file for its data')
    if (type === extensions.backingFormat) return refused('it names a format of a backing file')
    if (length > clusterSize) return refused('its header extensions are broken')
    at += 8 + Math.ceil(length / 8) * 8
  }
  return { format: 'qcow2', version: 3, virtualSize, clusterSize }
}

function refused(reason: string): ImageHeader {
  return { format: 'refused', reason }
}
