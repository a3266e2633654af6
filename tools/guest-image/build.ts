import { mkdir, mkdtemp, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { run } from '../debian-root/run.ts'
import { fetchDebs, sha256Of, unpackDebs } from './debs.ts'
import { buildRawDisk } from './disk.ts'
import { openImageCache } from './image-cache.ts'
import { buildInitramfs } from './initramfs.ts'

/** Debian packages whose programs the build runs; the caller installs them. */
export const guestImagePackages = ['apt', 'dpkg', 'kmod', 'mtools', 'syslinux', 'e2fsprogs', 'qemu-utils'] as const

export interface GuestImageOptions {
  /** The qcow2 file to write; `template.json` is written beside it. */
  readonly out: string
  /** Where to unpack and assemble; a directory of its own is made in it and removed. Default: beside `out`. */
  readonly workDir?: string
  /** Where downloaded Debian packages are kept. Default: `$ALTO_CACHE` or `~/.cache/altostack`, then `guest-image`. */
  readonly cacheDir?: string
}

/** What registerTemplate needs to know of the image; also the content of `template.json`. */
export interface GuestTemplate {
  readonly name: string
  readonly displaytext: string
  readonly file: string
  readonly format: 'QCOW2'
  readonly hypervisor: 'KVM'
  readonly ostype: string
  readonly arch: 'x86_64'
  /** Bytes of the file. */
  readonly size: number
  /** Bytes of the disk that a guest sees. */
  readonly virtualsize: number
  readonly sha256: string
  /** The same, as registerTemplate's `checksum` takes it. */
  readonly checksum: string
  /** Debian packages inside, by version. */
  readonly packages: Readonly<Record<string, string>>
}

/**
 * Builds the small bootable guest: a qcow2 of about 16 MB, from Debian packages only, without root, loop devices or
 * mounts. The same packages give the same bytes; an image that was made of them before is copied. Throws when a program or package is missing, naming it.
 */
export async function buildGuestImage(options: GuestImageOptions): Promise<GuestTemplate> {
  const out = resolve(options.out)
  if (process.arch !== 'x64') {
    throw new Error(
      `The guest image boots x86-64 guests; this machine is ${process.arch}. Fix: build it on an x86-64 machine.`,
    )
  }
  await mkdir(dirname(out), { recursive: true })
  const cacheDir = options.cacheDir ?? join(defaultCacheDir(), 'guest-image')
  const debs = await fetchDebs(cacheDir)
  const { root, kernelVersion } = await unpackDebs(cacheDir, debs)
  const cache = await openImageCache(cacheDir, debs)
  const kept = await cache.take(out)
  if (kept === undefined) {
    await buildImage(root, kernelVersion, out, options.workDir ?? dirname(out))
    // Where there is no room for it, the next build makes it anew.
    await cache.keep(out).catch(() => undefined)
  }
  const sha256 = kept?.sha256 ?? (await sha256Of(out))
  const template: GuestTemplate = {
    name: 'altostack-tiny',
    displaytext: `Altostack tiny guest (Debian kernel ${kernelVersion}, busybox)`,
    file: basename(out),
    format: 'QCOW2',
    hypervisor: 'KVM',
    ostype: 'Other Linux (64-bit)',
    arch: 'x86_64',
    size: (await stat(out)).size,
    virtualsize: await diskBytes(out),
    sha256,
    checksum: `{SHA-256}${sha256}`,
    packages: Object.fromEntries(debs.map((deb) => [deb.name, deb.version])),
  }
  await writeFile(join(dirname(out), 'template.json'), `${JSON.stringify(template, null, 2)}\n`)
  return template
}

async function buildImage(root: string, kernelVersion: string, out: string, parent: string): Promise<void> {
  await mkdir(parent, { recursive: true })
  const workDir = await mkdtemp(join(parent, '.guest-image-'))
  try {
    const initramfs = join(workDir, 'initrd.gz')
    await writeFile(initramfs, await buildInitramfs(root, import.meta.dirname, kernelVersion))
    const raw = await buildRawDisk({
      workDir,
      mbr: join(root, 'usr/lib/syslinux/mbr/mbr.bin'),
      kernel: join(root, `boot/vmlinuz-${kernelVersion}`),
      initramfs,
    })
    const image = join(workDir, 'image.qcow2')
    await run(['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', '-c', '-o', 'compat=1.1', raw, image])
    await rename(image, out)
  } finally {
    await rm(workDir, { recursive: true, force: true })
  }
}

/** Size of the disk that a guest sees: bytes 24 to 31 of a qcow2 file's header. */
async function diskBytes(image: string): Promise<number> {
  const file = await open(image)
  try {
    const { buffer } = await file.read(Buffer.alloc(32), 0, 32, 0)
    return Number(buffer.readBigUInt64BE(24))
  } finally {
    await file.close()
  }
}

function defaultCacheDir(): string {
  return process.env.ALTO_CACHE ?? join(homedir(), '.cache', 'altostack')
}

if (import.meta.main) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { 'work-dir': { type: 'string' }, 'cache-dir': { type: 'string' }, packages: { type: 'boolean' } },
  })
  const out = positionals[0]
  if (values.packages) {
    console.log(guestImagePackages.join(' '))
  } else if (!out) {
    console.error('usage: node tools/guest-image/build.ts OUT.qcow2 [--work-dir DIR] [--cache-dir DIR] | --packages')
    process.exitCode = 2
  } else {
    const started = performance.now()
    const template = await buildGuestImage({
      out,
      ...(values['work-dir'] ? { workDir: values['work-dir'] } : {}),
      ...(values['cache-dir'] ? { cacheDir: values['cache-dir'] } : {}),
    })
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    console.log(`${resolve(out)}  ${template.size} bytes, disk ${template.virtualsize} bytes, ${seconds} s`)
    console.log(`sha256 ${template.sha256}`)
  }
}
