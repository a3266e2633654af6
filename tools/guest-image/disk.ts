import { open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../debian-root/run.ts'

export interface DiskParts {
  readonly workDir: string
  readonly mbr: string
  readonly kernel: string
  readonly initramfs: string
}

const mebibyte = 1024 * 1024
const sectorsInMebibyte = 2048
const dataMebibytes = 16
const smallestBootMebibytes = 18
/** The time written into both file systems, so that two builds give the same bytes. */
const epoch = '1700000000'
const dataUuid = '5a0e6c1e-2b54-4c7c-9a39-0d4f6c61746f'

const syslinuxConfig = `DEFAULT l
PROMPT 0
TIMEOUT 0
SERIAL 0 115200
LABEL l
KERNEL vmlinuz
INITRD initrd.gz
APPEND console=tty0 console=ttyS0 quiet loglevel=3 panic=1 tsc=unstable no_timer_check mitigations=off net.ifnames=0 random.trust_cpu=on
`

/** Makes the raw disk: MBR, a FAT boot partition at 1 MiB (syslinux, kernel, initramfs), an ext4 data partition. */
export async function buildRawDisk(parts: DiskParts): Promise<string> {
  const raw = join(parts.workDir, 'disk.raw')
  const sizes = await Promise.all([parts.kernel, parts.initramfs].map(async (path) => (await readFile(path)).length))
  const needed = Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / mebibyte) + 3
  const bootMebibytes = Math.max(needed, smallestBootMebibytes)
  const disk = await open(raw, 'w')
  await disk.truncate((1 + bootMebibytes + dataMebibytes) * mebibyte)
  await disk.write(partitionTable(await readFile(parts.mbr), bootMebibytes, dataMebibytes), 0, 512, 0)
  await disk.close()

  const config = join(parts.workDir, 'syslinux.cfg')
  await writeFile(config, syslinuxConfig)
  const env = { ...process.env, SOURCE_DATE_EPOCH: epoch, E2FSPROGS_FAKE_TIME: epoch, MTOOLS_SKIP_CHECK: '1' }
  const boot = `${raw}@@1M`
  const size = String(bootMebibytes * sectorsInMebibyte)
  await run(
    ['mformat', '-i', boot, '-T', size, '-h', '255', '-s', '63', '-H', '2048', '-N', '414c544f', '-v', 'BOOT', '::'],
    { env },
  )
  await run(['mcopy', '-i', boot, parts.kernel, '::vmlinuz'], { env })
  await run(['mcopy', '-i', boot, parts.initramfs, '::initrd.gz'], { env })
  await run(['mcopy', '-i', boot, config, '::syslinux.cfg'], { env })
  await run(['syslinux', '--offset', String(mebibyte), '--install', raw], { env })
  const offset = (1 + bootMebibytes) * mebibyte
  const extended = `offset=${offset},hash_seed=${dataUuid},lazy_itable_init=0,lazy_journal_init=0,nodiscard`
  await run(
    [
      'mke2fs',
      '-q',
      '-F',
      '-t',
      'ext4',
      '-L',
      'DATA',
      '-U',
      dataUuid,
      '-O',
      '^metadata_csum_seed',
      '-E',
      extended,
      raw,
      `${dataMebibytes}M`,
    ],
    { env },
  )
  return raw
}

/** The first sector: boot code, disk signature, an active FAT partition and a Linux one. */
export function partitionTable(bootCode: Uint8Array, bootMebibytes: number, linuxMebibytes: number): Buffer {
  const sector = Buffer.alloc(512)
  sector.set(bootCode.subarray(0, 440))
  sector.write('ALTO', 440, 'latin1')
  const bootSectors = bootMebibytes * sectorsInMebibyte
  partition(0x80, 0x0e, sectorsInMebibyte, bootSectors).copy(sector, 446)
  partition(0, 0x83, sectorsInMebibyte + bootSectors, linuxMebibytes * sectorsInMebibyte).copy(sector, 462)
  sector[510] = 0x55
  sector[511] = 0xaa
  return sector
}

function partition(active: number, type: number, start: number, sectors: number): Buffer {
  const entry = Buffer.from([active, 0xfe, 0xff, 0xff, type, 0xfe, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0])
  entry.writeUInt32LE(start, 8)
  entry.writeUInt32LE(sectors, 12)
  return entry
}
