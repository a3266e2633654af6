import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type CpioEntry, writeCpio } from '../../../tools/guest-image/cpio.ts'
import { fetchDebs, unpackDebs } from '../../../tools/guest-image/debs.ts'
import { moduleFiles } from '../../../tools/guest-image/initramfs.ts'
import { packageLayer } from './package-layer.ts'
import { run } from './run.ts'

/** What a machine host has beyond a container host: initiators and tools for hardware that a container has not. */
export const machineHostPackages = [
  'open-iscsi',
  'lvm2',
  'multipath-tools',
  'qemu-guest-agent',
  'ethtool',
  'vlan',
] as const

/** Debian packages of this machine that build and run machine hosts. */
export const machinePackages = ['qemu-system-x86', 'qemu-utils', 'e2fsprogs', 'kmod', 'tar'] as const

/** Raised when `init` or the disk's layout changes. */
const layoutVersion = 2
const diskSize = '6G'

/** Modules until the root file system is there; udev loads the others. */
const bootModules = ['virtio_pci', 'virtio_blk', 'ext4', 'virtio_console', 'virtio_net', 'virtio_rng'] as const

/** Kernel, initial file system and the disk under all machine hosts of one base tree. */
export interface MachineImage {
  /** What machine hosts have over the base tree. */
  readonly layer: string
  readonly kernel: string
  readonly initrd: string
  /** Raw; hosts have copy-on-write disks over it. */
  readonly disk: string
}

/** Gives the image, built once (about 15 s, 700 MB) from the base tree, more packages and Debian's cloud kernel. */
export async function machineImage(cacheDir: string, base: string, log: (line: string) => void): Promise<MachineImage> {
  const layer = await packageLayer(base, 'machine', machineHostPackages, log)
  const debs = await fetchDebs(join(cacheDir, 'guest-image'))
  const { root: kernelTree, kernelVersion } = await unpackDebs(join(cacheDir, 'guest-image'), debs)
  const key = createHash('sha256')
    .update(JSON.stringify([layoutVersion, layer, kernelVersion, diskSize, initScript]))
    .digest('hex')
    .slice(0, 12)
  const dir = join(cacheDir, 'lab-machine', key)
  const image = { layer, kernel: join(dir, 'vmlinuz'), initrd: join(dir, 'initrd.gz'), disk: join(dir, 'disk.raw') }
  if (existsSync(dir)) return image
  log('building the disk of machine hosts, once')
  const work = `${dir}.${process.pid}`
  const tree = join(work, 'tree')
  await rm(work, { recursive: true, force: true })
  try {
    await mkdir(join(work, 'modules/usr/lib/modules'), { recursive: true })
    await mkdir(tree)
    await run(['cp', '-a', join(kernelTree, 'lib/modules', kernelVersion), join(work, 'modules/usr/lib/modules/')])
    await run(['mount', '-t', 'overlay', 'overlay', '-o', `lowerdir=${join(work, 'modules')}:${layer}:${base}`, tree])
    try {
      await run(['mke2fs', '-q', '-t', 'ext4', '-d', tree, '-L', 'root', join(work, 'disk.raw'), diskSize])
    } finally {
      await run(['umount', tree])
    }
    await writeFile(join(work, 'initrd.gz'), await initrd(kernelTree, kernelVersion))
    await copyFile(join(kernelTree, `boot/vmlinuz-${kernelVersion}`), join(work, 'vmlinuz'))
    await rm(join(work, 'modules'), { recursive: true })
    await rm(tree, { recursive: true })
    await rename(work, dir).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return image
}

/**
 * The first process: loads what the disk needs, lays the host's own files over the root file system at its first boot
 * (a tar archive on the second disk), and hands over to systemd.
 */
const initScript = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
while read module; do insmod /modules/$module; done </modules/order
tries=0
while [ ! -e /dev/vda -o ! -e /dev/vdb ] && [ $tries -lt 200 ]; do sleep 0.1; tries=$((tries+1)); done
mount -t ext4 /dev/vda /root || poweroff -f
if [ ! -e /root/.lab-layer ]; then
  tar -x -f /dev/vdb -C /root && touch /root/.lab-layer && sync
fi
[ -x /root/lib/systemd/systemd ] || poweroff -f
mount --move /dev /root/dev
init=/lib/systemd/systemd
for word in $(cat /proc/cmdline); do case $word in lab.init=*) init=\${word#lab.init=};; esac; done
umount /sys
umount /proc

exec switch_root /root $init
`

async function initrd(kernelTree: string, kernelVersion: string): Promise<Buffer> {
  const entries: CpioEntry[] = []
  for (const path of ['bin', 'dev', 'proc', 'sys', 'root', 'modules'])
    entries.push({ path, kind: 'directory', mode: 0o755 })
  entries.push({ path: 'dev/console', kind: 'device', mode: 0o600, major: 5, minor: 1 })
  const file = (path: string, mode: number, data: Uint8Array): void =>
    void entries.push({ path, kind: 'file', mode, data })
  file('bin/busybox', 0o755, await readFile(join(kernelTree, 'bin/busybox')))
  file('init', 0o755, Buffer.from(initScript))
  const order: string[] = []
  for (const path of await moduleFiles(kernelTree, kernelVersion, bootModules)) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    file(`modules/${name}`, 0o644, await readFile(join(kernelTree, 'lib/modules', kernelVersion, path)))
    order.push(name)
  }
  file('modules/order', 0o644, Buffer.from(order.map((name) => `${name}\n`).join('')))
  return gzipSync(writeCpio(entries), { level: 1 })
}
