import { debianRootPackages } from '../../../tools/debian-root/build.ts'
import { labFailure } from './errors.ts'
import { execute, run } from './run.ts'

/** Debian packages that the machine needs to carry a lab. */
export const labPackages = [
  ...debianRootPackages,
  'systemd-container',
  'iproute2',
  'nftables',
  'openssh-client',
  'openssl',
  'mount',
  'util-linux',
  'bindfs',
] as const

/** Those of `packages` that dpkg does not know as installed. */
export async function missingPackages(packages: readonly string[]): Promise<readonly string[]> {
  const format = '${Package} ${db:Status-Status}\n'
  const { stdout } = await execute(['dpkg-query', '-W', '-f', format, ...packages])
  const installed = new Set<string>()
  for (const line of stdout.split('\n')) {
    const [name, status] = line.split(' ')
    if (name && status === 'installed') installed.add(name)
  }
  return packages.filter((name) => !installed.has(name))
}

/** Installs packages by apt-get, without recommended ones; reads the package lists first. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await run(['apt-get', 'update', '-q'], { env })
  await run(['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...packages], { env })
}

/** Throws unless this process is root and every package of the lab, and `more`, is there. */
export async function requireLabMachine(more: readonly string[] = []): Promise<void> {
  if (process.getuid?.() !== 0) throw labFailure('lab.root', 'The lab needs root')
  const missing = await missingPackages([...labPackages, ...more])
  if (missing.length > 0) throw labFailure('lab.packages', `Debian packages are missing: ${missing.join(' ')}`)
}
