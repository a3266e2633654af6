/** An image that must be refused wherever it is offered. */
export type HostileImage = { readonly name: string; readonly bytes: Buffer }

type Qcow2 = {
  readonly version?: number
  readonly backing?: string
  readonly clusterBits?: number
  readonly size?: bigint
  readonly crypt?: number
  readonly l1Size?: number
  readonly l1Offset?: bigint
  readonly refcountOffset?: bigint
  readonly refcountClusters?: number
  readonly snapshots?: number
  readonly snapshotsOffset?: bigint
  readonly incompatible?: bigint
  readonly refcountOrder?: number
  readonly headerLength?: number
  readonly extensions?: readonly (readonly [type: number, data: Buffer, length?: number])[]
  readonly fileBytes?: number
}

const gib = 1n << 30n

/** A qcow2 of four clusters: header, refcount table, refcount block, first table; `over` breaks it. */
export function qcow2(over: Qcow2 = {}): Buffer {
  const file = Buffer.alloc(over.fileBytes ?? 4 * 65_536)
  const header = Buffer.alloc(65_536)
  header.write('QFI\xfb', 0, 'latin1')
  header.writeUInt32BE(over.version ?? 3, 4)
  header.writeUInt32BE(over.clusterBits ?? 16, 20)
  header.writeBigUInt64BE(over.size ?? gib, 24)
  header.writeUInt32BE(over.crypt ?? 0, 32)
  header.writeUInt32BE(over.l1Size ?? 2, 36)
  header.writeBigUInt64BE(over.l1Offset ?? 3n * 65_536n, 40)
  header.writeBigUInt64BE(over.refcountOffset ?? 65_536n, 48)
  header.writeUInt32BE(over.refcountClusters ?? 1, 56)
  header.writeUInt32BE(over.snapshots ?? 0, 60)
  header.writeBigUInt64BE(over.snapshotsOffset ?? 0n, 64)
  header.writeBigUInt64BE(over.incompatible ?? 0n, 72)
  header.writeUInt32BE(over.refcountOrder ?? 4, 96)
  header.writeUInt32BE(over.headerLength ?? 104, 100)
  let at = 104
  for (const [type, data, length] of over.extensions ?? []) {
    header.writeUInt32BE(type, at)
    header.writeUInt32BE(length ?? data.length, at + 4)
    data.copy(header, at + 8)
    at += 8 + Math.ceil(data.length / 8) * 8
  }
  if (over.backing !== undefined) {
    header.writeBigUInt64BE(BigInt(at + 8), 8)
    header.writeUInt32BE(over.backing.length, 16)
    header.write(over.backing, at + 8)
  }
  header.copy(file, 0, 0, Math.min(header.length, file.length))
  if (file.length >= 3 * 65_536) {
    file.writeBigUInt64BE(2n * 65_536n, 65_536)
    for (let cluster = 0; cluster < 4; cluster++) file.writeUInt16BE(1, 2 * 65_536 + 2 * cluster)
  }
  return file
}

function beginning(text: string, bytes = 70_000): Buffer {
  const file = Buffer.alloc(bytes)
  file.write(text, 0, 'latin1')
  return file
}

function iso(begin: string): Buffer {
  const file = Buffer.alloc(40 * 2048)
  file.write('\x01CD001\x01', 16 * 2048, 'latin1')
  file.write(begin, 0, 'latin1')
  return file
}

const externalData = 0x44_41_54_41
const backingFormat = 0xe2_79_2a_ca

/** Everything that reaches for other files, is endless, or is not what it says. */
export const hostileImages: readonly HostileImage[] = [
  { name: 'backing-host-file', bytes: qcow2({ backing: '/etc/shadow' }) },
  { name: 'backing-relative', bytes: qcow2({ backing: '../../../../etc/passwd' }) },
  { name: 'backing-json', bytes: qcow2({ backing: 'json:{"driver":"file","filename":"/etc/shadow"}' }) },
  { name: 'backing-network', bytes: qcow2({ backing: 'nbd://127.0.0.1:10809/secret' }) },
  { name: 'backing-version-2', bytes: qcow2({ version: 2, backing: '/dev/sda' }) },
  { name: 'chain-to-itself', bytes: qcow2({ backing: 'chain-to-itself.qcow2' }) },
  { name: 'backing-format-alone', bytes: qcow2({ extensions: [[backingFormat, Buffer.from('raw')]] }) },
  {
    name: 'external-data',
    bytes: qcow2({ incompatible: 4n, extensions: [[externalData, Buffer.from('/etc/shadow')]] }),
  },
  {
    name: 'external-data-without-its-flag',
    bytes: qcow2({ extensions: [[externalData, Buffer.from('/etc/shadow')]] }),
  },
  { name: 'external-data-flag-alone', bytes: qcow2({ incompatible: 4n }) },
  { name: 'corrupt', bytes: qcow2({ incompatible: 2n }) },
  { name: 'unknown-feature', bytes: qcow2({ incompatible: 1n << 40n }) },
  { name: 'encrypted', bytes: qcow2({ crypt: 1 }) },
  { name: 'encrypted-luks', bytes: qcow2({ crypt: 2 }) },
  { name: 'version-1', bytes: qcow2({ version: 1 }) },
  { name: 'version-9', bytes: qcow2({ version: 9 }) },
  { name: 'cluster-of-one-byte', bytes: qcow2({ clusterBits: 0 }) },
  { name: 'cluster-of-two-gib', bytes: qcow2({ clusterBits: 31 }) },
  { name: 'no-size', bytes: qcow2({ size: 0n }) },
  { name: 'size-of-an-exabyte', bytes: qcow2({ size: 1n << 60n, l1Size: 0x8000_0000 }) },
  { name: 'size-of-a-petabyte', bytes: qcow2({ size: 1n << 50n, l1Size: 1 << 21 }) },
  { name: 'size-over-the-limit', bytes: qcow2({ size: 60n * gib, l1Size: 120 }) },
  { name: 'first-table-of-16-gib', bytes: qcow2({ l1Size: 0x7fff_ffff }) },
  { name: 'first-table-too-short', bytes: qcow2({ l1Size: 1 }) },
  { name: 'first-table-beyond-the-file', bytes: qcow2({ l1Offset: 1n << 50n }) },
  { name: 'first-table-not-aligned', bytes: qcow2({ l1Offset: 3n * 65_536n + 8n }) },
  { name: 'first-table-negative', bytes: qcow2({ l1Offset: 0xffff_ffff_ffff_0000n }) },
  { name: 'refcounts-beyond-the-file', bytes: qcow2({ refcountOffset: 1n << 50n }) },
  { name: 'refcounts-endless', bytes: qcow2({ refcountClusters: 0xffff_ffff }) },
  { name: 'refcounts-of-2048-bits', bytes: qcow2({ refcountOrder: 11 }) },
  { name: 'snapshots-endless', bytes: qcow2({ snapshots: 0xffff_ffff, snapshotsOffset: 65_536n }) },
  { name: 'snapshots-beyond-the-file', bytes: qcow2({ snapshots: 3, snapshotsOffset: 1n << 50n }) },
  { name: 'header-of-4-gib', bytes: qcow2({ headerLength: 0xffff_fff8 }) },
  { name: 'header-of-nothing', bytes: qcow2({ headerLength: 8 }) },
  { name: 'extension-endless', bytes: qcow2({ extensions: [[0x1234_5678, Buffer.alloc(8), 0xffff_ffff]] }) },
  { name: 'cut-in-the-header', bytes: qcow2({ fileBytes: 90 }) },
  { name: 'cut-before-its-tables', bytes: qcow2({ fileBytes: 65_536 }) },
  { name: 'raw-that-says-qcow2', bytes: Buffer.alloc(80_000, 1) },
  { name: 'vmdk-sparse', bytes: beginning('KDMV') },
  {
    name: 'vmdk-with-extents-of-the-host',
    bytes: beginning(
      '# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType="monolithicFlat"\nRW 2048 FLAT "/etc/shadow" 0\n',
    ),
  },
  { name: 'vmdk-with-a-parent', bytes: beginning('# Disk DescriptorFile\nparentFileNameHint="/dev/sda"\n') },
  { name: 'vhd', bytes: beginning('conectix') },
  { name: 'vhdx', bytes: beginning('vhdxfile') },
  { name: 'vdi', bytes: beginning('<<< Oracle VM VirtualBox Disk Image >>>\n') },
  { name: 'qed-with-backing', bytes: beginning('QED\0') },
  { name: 'parallels', bytes: beginning('WithoutFreeSpace') },
  { name: 'luks', bytes: beginning('LUKS\xba\xbe') },
  { name: 'bomb-gzip', bytes: beginning('\x1f\x8b\x08') },
  { name: 'bomb-xz', bytes: beginning('\xfd7zXZ\0') },
  { name: 'bomb-bzip2', bytes: beginning('BZh9') },
  { name: 'bomb-zstd', bytes: beginning('\x28\xb5\x2f\xfd') },
  { name: 'bomb-zip', bytes: beginning('PK\x03\x04') },
  { name: 'tar-with-a-link', bytes: tarLink('disk.qcow2', '/etc/shadow') },
  { name: 'web-page', bytes: beginning('<!DOCTYPE html><p>log in') },
  { name: 'empty', bytes: Buffer.alloc(0) },
  { name: 'one-byte', bytes: Buffer.from('Q') },
  { name: 'iso-that-is-qcow2-as-well', bytes: iso('QFI\xfb\0\0\0\x09') },
  { name: 'iso-that-is-gzip-as-well', bytes: iso('\x1f\x8b\x08') },
  { name: 'iso-that-is-vmdk-as-well', bytes: iso('# Disk DescriptorFile\n') },
  { name: 'iso-with-a-wrong-magic', bytes: beginning('\0'.repeat(1000), 40 * 2048) },
]

/** A tar archive, as an OVA is one, whose only member is a symbolic link. */
function tarLink(name: string, to: string): Buffer {
  const file = Buffer.alloc(70_000)
  file.write(name, 0)
  file.write('0000777\0', 100)
  file.write('00000000000\0', 124)
  file.write('2', 156)
  file.write(to, 157)
  file.write('ustar\x0000', 257, 'latin1')
  return file
}
