import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { buildDebianRoot } from '../debian-root/build.ts'

/** What a Debian guest has to boot, to be reached, and to ask its cloud what it is. */
const packages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'udev', 'kmod', 'ifupdown', 'isc-dhcp-client', 'iproute2', 'iputils-ping'],
  ...['netbase', 'openssh-server', 'sudo', 'wget', 'cloud-init'],
] as const
/** Raised when the tree is made otherwise from the same packages. */
const layoutVersion = 1

/**
 * A Debian tree with Debian's own cloud-init, as its cloud images have it; built once and kept. Needs root and mmdebstrap. Whoever
 * writes into it works on an overlay.
 */
export async function cloudInitTree(cacheDir = defaultCacheDir(), onLine?: (line: string) => void): Promise<string> {
  const key = createHash('sha256')
    .update(JSON.stringify([layoutVersion, packages]))
    .digest('hex')
    .slice(0, 8)
  const tree = join(cacheDir, 'guest-image', `cloud-init-${key}`)
  if (existsSync(tree)) return tree
  await mkdir(dirname(tree), { recursive: true })
  const work = `${tree}.${process.pid}`
  try {
    await buildDebianRoot({ out: work, packages, small: true, ...(onLine === undefined ? {} : { onLine }) })
    await rename(work, tree).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error // another build was faster
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return tree
}

export function defaultCacheDir(): string {
  return process.env.ALTO_CACHE ?? join(homedir(), '.cache', 'altostack')
}

if (import.meta.main) console.log(await cloudInitTree(defaultCacheDir(), console.error))
