import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { baseTree, cacheDirectory } from '../../packages/lab/src/base-tree.ts'
import { type MachineImage, machineImage } from '../../packages/lab/src/machine-image.ts'
import { packageLayer } from '../../packages/lab/src/package-layer.ts'
import { writeCpio } from '../../tools/guest-image/cpio.ts'

const asIs = { recursive: true, verbatimSymlinks: true } as const

/** Over the init of machine hosts: no systemd, only what is looked at. */
const init = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
while read module; do insmod /modules/$module; done </modules/order
while [ ! -e /dev/vda -o ! -e /dev/vdb ]; do sleep 0.1; done
mount -t ext4 /dev/vda /root
mount -t ext4 -o ro /dev/vdb /root/mnt
mount --move /dev /root/dev
exec chroot /root /bin/bash /mnt/run.sh $(sed 's/.*host=\\([a-z0-9]*\\).*/\\1/' /proc/cmdline)
`
const mounts = `mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t tmpfs run /run; mount -t tmpfs tmp /root
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
`

export type BareKernels = {
  /** Everything of it lies below. */
  readonly dir: string
  /** Boots a kernel that runs the script with its name; `more` are arguments of QEMU, `words` of the kernel. */
  readonly start: (name: string, more: readonly string[], words?: string) => ChildProcess
  /** What it has written on its serial line. */
  readonly said: (name: string) => string
  readonly stop: () => void
}

/**
 * Debian's kernel and the packages of machine hosts, without services: a script and a bundled program of ours at
 * /mnt/program.mjs (by /mnt/node). It is there in seconds, where a whole machine host takes minutes.
 */
export async function bareKernels(
  name: string,
  program: string,
  script: string,
  /** Debian packages beyond those of machine hosts; the script finds their files below /mnt/layer. */
  packages: readonly string[] = [],
): Promise<BareKernels> {
  const dir = mkdtempSync(join(tmpdir(), `alto-${name}-`))
  const running: ChildProcess[] = []
  const cache = cacheDirectory()
  const base = await baseTree(cache, () => {})
  const image: MachineImage = await machineImage(cache, base, () => {})
  const tools = join(dir, 'tools')
  mkdirSync(tools)
  copyFileSync(process.execPath, join(tools, 'node'))
  writeFileSync(join(tools, 'run.sh'), mounts + script)
  if (packages.length > 0) {
    const layer = await packageLayer(base, name, packages, () => {})
    for (const part of ['usr', 'lib', 'etc']) {
      const from = join(layer, part)
      // /lib is a link into /usr.
      if (existsSync(from) && !lstatSync(from).isSymbolicLink()) cpSync(from, join(tools, 'layer', part), asIs)
    }
  }
  await build({
    entryPoints: [program],
    outfile: join(tools, 'program.mjs'),
    ...{ bundle: true, platform: 'node', format: 'esm', logLevel: 'error' },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
  })
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', tools, join(dir, 'tools.raw'), '256M'])
  const over = writeCpio([{ path: 'init', kind: 'file', mode: 0o755, data: Buffer.from(init) }])
  writeFileSync(join(dir, 'initrd'), Buffer.concat([readFileSync(image.initrd), gzipSync(over)]))

  const drive = (file: string, more: string): string[] => ['-drive', `if=virtio,file=${file},format=raw,${more}`]
  return {
    dir,
    start(host, more, words = '') {
      const argv = [
        ...['-accel', 'tcg', '-machine', 'q35', '-cpu', 'max', '-m', '512', '-nodefaults', '-display', 'none'],
        ...['-kernel', image.kernel, '-initrd', join(dir, 'initrd')],
        ...[
          '-append',
          `console=ttyS0 quiet net.ifnames=0 mitigations=off cryptomgr.notests panic=1 host=${host} ${words}`,
        ],
        ...drive(image.disk, 'snapshot=on'),
        ...drive(join(dir, 'tools.raw'), 'readonly=on'),
        ...['-device', 'virtio-rng-pci', '-serial', `file:${join(dir, host)}`],
        ...more,
      ]
      const child = spawn('qemu-system-x86_64', argv, { stdio: 'ignore' })
      running.push(child)
      return child
    },
    said: (host) => (existsSync(join(dir, host)) ? readFileSync(join(dir, host), 'utf8').replaceAll('\r', '') : ''),
    stop() {
      for (const child of running) child.kill('SIGKILL')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** What the program answered under a word: the last line that it printed, JSON. */
export function resultOf(text: string, word: string): Record<string, unknown> {
  return JSON.parse(new RegExp(`^RESULT ${word} (.*)$`, 'm').exec(text)?.[1] ?? '{}')
}
