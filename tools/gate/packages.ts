import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The packages of the list that dpkg does not have. */
export function missingPackages(names: readonly string[]): string[] {
  return names.filter((name) => {
    const result = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { encoding: 'utf8' })
    return result.stdout !== 'installed'
  })
}

let listsAreFresh = false

/** apt waits for dpkg's lock, and for none of its own: the tracks of the gate ask one after the other. */
const lock = join(tmpdir(), 'alto-gate-apt.lock')

/** Installs Debian packages without starting their services. Throws with apt's words. */
export function installPackages(names: readonly string[], write: (text: string) => void): void {
  const missing = missingPackages(names)
  if (missing.length === 0) return
  write(`installing Debian packages: ${missing.join(' ')}\n`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  if (!listsAreFresh) spawnSync('flock', [lock, 'apt-get', 'update', '-qq'], { env, stdio: 'ignore' })
  listsAreFresh = true
  const install = ['install', '-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300']
  const result = spawnSync('flock', [lock, 'apt-get', ...install, ...missing], { env, encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`apt-get install ${missing.join(' ')}: ${result.stderr.slice(-2000)}`)
}
