import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, open, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { run } from '../debian-root/run.ts'
import { cloudInitTree, defaultCacheDir } from './cloud-tree.ts'
import { type CpioEntry, writeCpio } from './cpio.ts'
import { fetchDebs, unpackDebs } from './debs.ts'
import { partitionTable } from './disk.ts'
import { moduleFiles } from './initramfs.ts'

const mebibyte = 1024 * 1024
const bootMebibytes = 40
const rootMebibytes = 900
const modules = [
  'virtio_pci',
  'virtio_blk',
  'ext4',
  'virtio_net',
  'virtio_rng',
  'sr_mod',
  'ata_piix',
  'isofs',
  'button',
]

/** Debian as its cloud images have it, but for what takes an emulated guest long and proves nothing. */
const files: Readonly<Record<string, string>> = {
  'etc/fstab': '/dev/vda2 / ext4 defaults 0 1\n',
  'etc/hostname': 'unnamed\n',
  'etc/network/interfaces': 'auto lo\niface lo inet loopback\nsource /etc/network/interfaces.d/*\n',
}
const masked = [
  ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_all.timer', 'fstrim.timer'],
  // ifupdown has the network; the other would wait for cards that it does not have.
  ...['systemd-networkd.service', 'systemd-networkd.socket', 'systemd-networkd-wait-online.service'],
  ...['systemd-timesyncd.service', 'systemd-pstore.service', 'e2scrub_reap.service', 'getty@tty1.service'],
]

/** The first process until the root is there: no module is loaded later. */
const init = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
while read module; do insmod /modules/$module; done </modules/order
tries=0
while [ ! -e /dev/vda2 -a $tries -lt 300 ]; do sleep 0.1; tries=$((tries+1)); done
mount -t ext4 /dev/vda2 /root || poweroff -f
mount --move /dev /root/dev
umount /proc
exec switch_root /root /lib/systemd/systemd
`
const bootConfig = `DEFAULT l
PROMPT 0
TIMEOUT 0
SERIAL 0 115200
LABEL l
KERNEL vmlinuz
INITRD initrd.gz
APPEND console=tty0 console=ttyS0 panic=1 tsc=unstable mitigations=off net.ifnames=0 random.trust_cpu=on cryptomgr.notests rw
`

/**
 * A bootable Debian with Debian's own cloud-init: qcow2, some 300 MB, its users without passwords. Nothing in it knows
 * which cloud it will be in. Needs root (the file system is made from a tree with its owners).
 */
export async function buildCloudImage(out: string, cacheDir = defaultCacheDir()): Promise<void> {
  const target = resolve(out)
  await mkdir(dirname(target), { recursive: true })
  const tree = await cloudInitTree(cacheDir)
  const debs = await fetchDebs(join(cacheDir, 'guest-image'))
  const { root: packages, kernelVersion } = await unpackDebs(join(cacheDir, 'guest-image'), debs)
  const work = await mkdtemp(join(dirname(target), '.cloud-image-'))
  const root = join(work, 'root')
  try {
    for (const name of ['up', 'work', 'root']) await mkdir(join(work, name))
    const layers = `lowerdir=${tree},upperdir=${join(work, 'up')},workdir=${join(work, 'work')}`
    await run(['mount', '-t', 'overlay', 'overlay', '-o', layers, root])
    try {
      await prepare(root)
      await makeDisk(work, root, packages, kernelVersion)
    } finally {
      await run(['umount', root])
    }
    const image = join(work, 'image.qcow2')
    await run(['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', '-o', 'compat=1.1', join(work, 'disk.raw'), image])
    await rename(image, target)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function prepare(root: string): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  for (const unit of masked) {
    const path = join(root, 'etc/systemd/system', unit)
    if (!existsSync(path)) await symlink('/dev/null', path)
  }
  await rm(join(root, 'etc/resolv.conf'), { force: true })
  await writeFile(join(root, 'etc/machine-id'), 'uninitialized\n')
}

async function makeDisk(work: string, root: string, packages: string, kernelVersion: string): Promise<void> {
  const raw = join(work, 'disk.raw')
  const disk = await open(raw, 'w')
  await disk.truncate((1 + bootMebibytes + rootMebibytes) * mebibyte)
  const mbr = await readFile(join(packages, 'usr/lib/syslinux/mbr/mbr.bin'))
  await disk.write(partitionTable(mbr, bootMebibytes, rootMebibytes), 0, 512, 0)
  await disk.close()
  await writeFile(join(work, 'initrd.gz'), await initrd(packages, kernelVersion))
  await writeFile(join(work, 'syslinux.cfg'), bootConfig)
  const env = { ...process.env, MTOOLS_SKIP_CHECK: '1' }
  const boot = ['-i', `${raw}@@1M`] as const
  const sectors = String(bootMebibytes * 2048)
  await run(['mformat', ...boot, '-T', sectors, '-h', '255', '-s', '63', '-H', '2048', '-v', 'BOOT', '::'], { env })
  await run(['mcopy', ...boot, join(packages, `boot/vmlinuz-${kernelVersion}`), '::vmlinuz'], { env })
  await run(['mcopy', ...boot, join(work, 'initrd.gz'), '::initrd.gz'], { env })
  await run(['mcopy', ...boot, join(work, 'syslinux.cfg'), '::syslinux.cfg'], { env })
  await run(['syslinux', '--offset', String(mebibyte), '--install', raw], { env })
  const offset = `offset=${(1 + bootMebibytes) * mebibyte}`
  await run(['mke2fs', '-q', '-F', '-t', 'ext4', '-d', root, '-L', 'root', '-E', offset, raw, `${rootMebibytes}M`])
}

async function initrd(packages: string, kernelVersion: string): Promise<Buffer> {
  const entries: CpioEntry[] = ['bin', 'dev', 'proc', 'root', 'modules'].map((path) => ({
    path,
    kind: 'directory',
    mode: 0o755,
  }))
  entries.push({ path: 'dev/console', kind: 'device', mode: 0o600, major: 5, minor: 1 })
  const file = (path: string, mode: number, data: Uint8Array): void =>
    void entries.push({ path, kind: 'file', mode, data })
  file('bin/busybox', 0o755, await readFile(join(packages, 'bin/busybox')))
  file('init', 0o755, Buffer.from(init))
  const order: string[] = []
  for (const path of await moduleFiles(packages, kernelVersion, modules)) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    file(`modules/${name}`, 0o644, await readFile(join(packages, 'lib/modules', kernelVersion, path)))
    order.push(name)
  }
  file('modules/order', 0o644, Buffer.from(order.map((name) => `${name}\n`).join('')))
  return gzipSync(writeCpio(entries), { level: 6 })
}

if (import.meta.main) {
  const [out] = process.argv.slice(2)
  if (out === undefined) {
    console.error('usage: node tools/guest-image/cloud-image.ts OUT.qcow2')
    process.exitCode = 2
  } else await buildCloudImage(out)
}
