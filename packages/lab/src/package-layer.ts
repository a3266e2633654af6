import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './run.ts'

/** Raised when this module makes other layers from the same packages. */
const layoutVersion = 1

/**
 * Gives a tree that lies over the base tree and adds Debian packages to it; built once and kept beside the base.
 * Packages come through the machine's own apt (mirror, proxy, certificates) and are installed without starting anything.
 */
export async function packageLayer(
  base: string,
  name: string,
  packages: readonly string[],
  log: (line: string) => void,
): Promise<string> {
  const key = createHash('sha256')
    .update(JSON.stringify([layoutVersion, name, packages]))
    .digest('hex')
    .slice(0, 8)
  const layer = `${base}-${name}-${key}`
  if (existsSync(layer)) return layer
  log(`adding packages to the base tree for ${name} hosts, once`)
  const work = `${layer}.${process.pid}`
  const [up, workDir, root] = [join(work, 'up'), join(work, 'work'), join(work, 'root')]
  const archives = join(work, 'archives')
  try {
    for (const dir of [up, workDir, root, join(archives, 'partial')]) await mkdir(dir, { recursive: true })
    await run(['mount', '-t', 'overlay', 'overlay', '-o', `lowerdir=${base},upperdir=${up},workdir=${workDir}`, root])
    try {
      await install(root, archives, packages)
    } finally {
      await run(['umount', root])
    }
    await rename(up, layer).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error // another process was faster
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return layer
}

async function install(root: string, archives: string, packages: readonly string[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const settings = [
    `Dir::State::status=${join(root, 'var/lib/dpkg/status')}`,
    `Dir::Cache::archives=${archives}`,
    'APT::Install-Recommends=false',
    'APT::Sandbox::User=root',
  ].flatMap((setting) => ['-o', setting])
  const download = ['apt-get', ...settings, 'install', '-y', '-q', '--download-only', ...packages] as const
  // The machine's lists may be missing or old.
  await run([...download], { env }).catch(async () => {
    await run(['apt-get', 'update', '-q'], { env })
    await run([...download], { env })
  })
  const inside = join(root, 'tmp/debs')
  await mkdir(inside)
  for (const file of await readdir(archives)) {
    if (file.endsWith('.deb')) await copyFile(join(archives, file), join(inside, file))
  }
  const policy = join(root, 'usr/sbin/policy-rc.d')
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  const path = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin'
  await run(['chroot', root, 'env', '-i', path, 'DEBIAN_FRONTEND=noninteractive', 'dpkg', '-i', '-R', '/tmp/debs'])
  await rm(policy)
  await rm(inside, { recursive: true })
}
