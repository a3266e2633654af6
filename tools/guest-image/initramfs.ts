import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type CpioEntry, writeCpio } from './cpio.ts'

/** Modules that a guest under libvirt needs; what they depend on is found in modules.dep. */
const guestModules = [
  'virtio_pci',
  'virtio_blk',
  'virtio_net',
  'virtio_scsi',
  'sd_mod',
  'sr_mod',
  'ata_piix',
  'isofs',
  'button',
  'evdev',
  'virtio_balloon',
  'virtio_rng',
  'virtio_console',
  '8021q',
  'ext4',
] as const

/** Libraries that dropbear is linked with. */
const libraries = [
  'libc.so.6',
  'libcrypt.so.1',
  'libz.so.1',
  'libgmp.so.10',
  'libtomcrypt.so.1',
  'libtommath.so.1',
] as const

/** Builds the gzipped initramfs from the unpacked packages in `root` and the scripts in `scriptDir`. */
export async function buildInitramfs(root: string, scriptDir: string, kernelVersion: string): Promise<Buffer> {
  const entries: CpioEntry[] = []
  const directory = (path: string, mode = 0o755): void => void entries.push({ path, kind: 'directory', mode })
  const file = (path: string, mode: number, data: Uint8Array): void =>
    void entries.push({ path, kind: 'file', mode, data })
  const text = (path: string, content: string, mode = 0o644): void => file(path, mode, Buffer.from(content))
  const script = async (path: string, source: string): Promise<void> =>
    file(path, 0o755, await readFile(join(scriptDir, source)))

  for (const path of directories) directory(path)
  directory('root', 0o700)
  directory('root/.ssh', 0o700)
  directory('tmp', 0o1777)
  // The kernel opens /dev/console for the first process before anything is mounted.
  entries.push({ path: 'dev/console', kind: 'device', mode: 0o600, major: 5, minor: 1 })
  file('bin/busybox', 0o755, await readFile(join(root, 'bin/busybox')))
  await script('init', 'init.sh')
  await script('bin/dhcp.sh', 'dhcp.sh')
  await script('www/cgi-bin/i', 'state.sh')
  await script('etc/acpi/PWRF/00000080', 'power.sh')
  text('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n')
  text('etc/shadow', 'root::0:0:99999:7:::\n', 0o600)
  text('etc/group', 'root:x:0:\n')
  text('etc/shells', '/bin/sh\n')
  text('etc/nsswitch.conf', 'passwd: files\ngroup: files\nshadow: files\n')
  text('etc/profile', "PS1='\\h:\\w# '\n")

  // One modprobe loads all: in an emulated guest each insmod takes some 40 ms.
  const needs = await readNeeds(root, kernelVersion)
  const modules = `lib/modules/${kernelVersion}`
  directory(modules)
  const files = await moduleFiles(root, kernelVersion, guestModules)
  for (const path of files)
    file(`${modules}/${fileName(path)}`, 0o644, await readFile(join(root, 'lib/modules', kernelVersion, path)))
  const line = (path: string): string => `${fileName(path)}: ${(needs.get(path) ?? []).map(fileName).join(' ')}\n`
  text(`${modules}/modules.dep`, files.map(line).join(''))
  text('lib/modules/wanted', `${files.map(moduleName).join(' ')}\n`)

  file('usr/sbin/dropbear', 0o755, await readFile(join(root, 'usr/sbin/dropbear')))
  file('lib64/ld-linux-x86-64.so.2', 0o755, await readLibrary(root, 'ld-linux-x86-64.so.2'))
  for (const name of libraries) file(`lib/x86_64-linux-gnu/${name}`, 0o644, await readLibrary(root, name))
  return gzipSync(writeCpio(entries), { level: 9 })
}

const directories = [
  'bin',
  'sbin',
  'etc',
  'etc/acpi',
  'etc/acpi/PWRF',
  'etc/dropbear',
  'proc',
  'sys',
  'dev',
  'run',
  'mnt',
  'data',
  'www',
  'www/cgi-bin',
  'lib',
  'lib/modules',
  'lib/x86_64-linux-gnu',
  'lib64',
  'usr',
  'usr/bin',
  'usr/sbin',
  'var',
  'var/log',
] as const

async function readLibrary(root: string, name: string): Promise<Buffer> {
  for (const folder of ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu']) {
    const path = join(root, folder, name)
    if (existsSync(path)) return readFile(path)
  }
  throw new Error(`No package of the guest image holds ${name}. Fix: add the package that has it to contentPackages.`)
}

/** Files of `modules` in the order in which they can be loaded: what one needs comes before it. */
export async function moduleFiles(
  root: string,
  kernelVersion: string,
  modules: readonly string[],
): Promise<readonly string[]> {
  const needs = await readNeeds(root, kernelVersion)
  const byName = new Map([...needs.keys()].map((path) => [moduleName(path), path] as const))
  const ordered = new Set<string>()
  for (const name of modules) {
    const path = byName.get(name.replaceAll('-', '_'))
    if (!path) continue // built into the kernel, or not made for the cloud kernel
    // modules.dep lists the nearest need first and the deepest last.
    for (const need of [...(needs.get(path) ?? [])].reverse()) ordered.add(need)
    ordered.add(path)
  }
  return [...ordered]
}

/** What each module file needs, the nearest first, as modules.dep has it. */
async function readNeeds(root: string, kernelVersion: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const needs = new Map<string, readonly string[]>()
  const dep = await readFile(join(root, 'lib/modules', kernelVersion, 'modules.dep'), 'utf8')
  for (const line of dep.split('\n')) {
    const [path, rest] = line.split(':')
    if (path && rest !== undefined) needs.set(path, rest.trim().split(/\s+/).filter(Boolean))
  }
  return needs
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function moduleName(path: string): string {
  return fileName(path).replace(/\.ko$/, '').replaceAll('-', '_')
}
