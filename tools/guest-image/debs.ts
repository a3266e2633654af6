import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../debian-root/run.ts'

export interface CachedDeb {
  readonly name: string
  readonly file: string
  readonly version: string
  readonly sha256: string
}

/** Packages whose files go into the guest; the kernel is found through its meta-package. */
const contentPackages = [
  'busybox-static',
  'dropbear-bin',
  'libc6',
  'libcrypt1',
  'libtomcrypt1',
  'libtommath1',
  'libgmp10',
  'zlib1g',
  'syslinux-common',
] as const
const kernelMetaPackage = 'linux-image-cloud-amd64'

/**
 * Gives the Debian packages of the guest, from `cacheDir` when a list of an earlier run is there, else by
 * `apt-get download` from the machine's own apt sources. Remove the cache directory to take newer packages.
 */
export async function fetchDebs(cacheDir: string): Promise<readonly CachedDeb[]> {
  const listFile = join(cacheDir, 'packages.json')
  const cached = await readList(listFile)
  if (cached) return cached
  await mkdir(cacheDir, { recursive: true })
  const kernel = await kernelPackage()
  const debs = await download([kernel, ...contentPackages], cacheDir)
  await writeFile(`${listFile}.new`, JSON.stringify(debs, null, 2))
  await rename(`${listFile}.new`, listFile)
  return debs
}

async function readList(listFile: string): Promise<readonly CachedDeb[] | undefined> {
  if (!existsSync(listFile)) return undefined
  const debs = JSON.parse(await readFile(listFile, 'utf8')) as CachedDeb[]
  for (const deb of debs) {
    // A file that was cut short by a full disk would give a guest that does not boot, without a word.
    if (!existsSync(deb.file) || (await sha256Of(deb.file)) !== deb.sha256) {
      await rm(listFile)
      return undefined
    }
  }
  return debs
}

async function kernelPackage(): Promise<string> {
  const depends = (await packageRecords([kernelMetaPackage]))[0]?.depends
  const name = /linux-image-[^ ,]+/.exec(depends ?? '')?.[0]
  if (!name) throw new Error(`${kernelMetaPackage} names no kernel package. Fix: run 'apt-get update' and try again.`)
  return name
}

interface PackageRecord {
  readonly name: string
  readonly version: string
  readonly arch: string
  readonly sha256: string
  readonly depends: string
}

/** What apt's lists say of each package, in the order asked for. Reads the lists anew when one is not known. */
async function packageRecords(names: readonly string[]): Promise<readonly PackageRecord[]> {
  const first = await showPackages(names)
  const known = first.length === names.length ? first : await updateAndShow(names)
  const missing = names.filter((name) => !known.some((record) => record.name === name))
  if (missing.length === 0) return names.map((name) => known.find((record) => record.name === name)!)
  throw new Error(
    `apt knows no package ${missing.join(', ')}. Fix: check that the apt sources hold Debian's main, for amd64.`,
  )
}

async function updateAndShow(names: readonly string[]): Promise<readonly PackageRecord[]> {
  await run(['apt-get', 'update', '-q'])
  return showPackages(names)
}

async function showPackages(names: readonly string[]): Promise<readonly PackageRecord[]> {
  // apt-cache ends with an error when one of the names is unknown, though it prints the others.
  const { stdout } = await run(['apt-cache', 'show', '--no-all-versions', ...names]).catch(() => ({ stdout: '' }))
  const records: PackageRecord[] = []
  for (const stanza of stdout.toString().split(/\n\n+/)) {
    const field = (key: string): string => new RegExp(`^${key}: (.+)$`, 'm').exec(stanza)?.[1] ?? ''
    const record = {
      name: field('Package'),
      version: field('Version'),
      arch: field('Architecture'),
      sha256: field('SHA256'),
      depends: field('Depends'),
    }
    if (record.name && record.sha256) records.push(record)
  }
  return records
}

async function download(names: readonly string[], cacheDir: string): Promise<readonly CachedDeb[]> {
  const debs = (await packageRecords(names)).map(({ name, version, arch, sha256 }) => ({
    name,
    file: join(cacheDir, `${name}_${version.replaceAll(':', '%3a')}_${arch}.deb`),
    version,
    sha256,
  }))
  const good = async (deb: CachedDeb): Promise<boolean> =>
    existsSync(deb.file) && (await sha256Of(deb.file)) === deb.sha256
  const wanted: string[] = []
  for (const deb of debs) if (!(await good(deb))) wanted.push(`${deb.name}=${deb.version}`)
  if (wanted.length > 0) await run(['apt-get', 'download', '-q', ...wanted], { cwd: cacheDir })
  for (const deb of debs) {
    if (await good(deb)) continue
    throw new Error(`${deb.file} is not what apt's list says of ${deb.name}. Fix: run 'apt-get update' and try again.`)
  }
  return debs
}

/** Hex SHA-256 of a file. */
export async function sha256Of(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
}

/** Unpacks the packages into one tree under `cacheDir`, once, and makes the kernel's modules.dep there. */
export async function unpackDebs(
  cacheDir: string,
  debs: readonly CachedDeb[],
): Promise<{ readonly root: string; readonly kernelVersion: string }> {
  const key = createHash('sha256')
    .update(debs.map((deb) => deb.sha256).join())
    .digest('hex')
    .slice(0, 12)
  const root = join(cacheDir, `tree-${key}`)
  if (!existsSync(root)) {
    const fresh = await mkdtemp(join(cacheDir, '.tree-'))
    try {
      // One after the other: packages share directories, and dpkg-deb makes a missing one itself.
      for (const deb of debs) await run(['dpkg-deb', '-x', deb.file, fresh])
      await run(['/sbin/depmod', '-b', fresh, await kernelVersionIn(fresh)])
      await rename(fresh, root).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error // another build was faster
      })
    } finally {
      await rm(fresh, { recursive: true, force: true })
    }
  }
  return { root, kernelVersion: await kernelVersionIn(root) }
}

async function kernelVersionIn(root: string): Promise<string> {
  const [version] = await readdir(join(root, 'lib/modules'))
  if (!version) throw new Error('The kernel package holds no modules')
  return version
}
