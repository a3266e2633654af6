import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { buildDebianRoot } from '../../../tools/debian-root/build.ts'

/** Debian packages of a lab host: a KVM host, and what the agent's package depends on (a lab host has no mirror). */
export const hostPackages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'udev',
  'openssh-server',
  'openssh-client',
  'sudo',
  'libvirt-daemon-system',
  'libvirt-clients',
  'libvirt-sanlock',
  'sanlock',
  'qemu-system-x86',
  'qemu-utils',
  'qemu-block-extra',
  'bridge-utils',
  'iproute2',
  'nftables',
  'iptables',
  'ipset',
  'dnsmasq-base',
  'nfs-common',
  'genisoimage',
  'iputils-ping',
  'netcat-openbsd',
  'socat',
  'kmod',
  'procps',
  'less',
  'openssl',
  'ca-certificates',
  'faketime',
] as const

/** Raised when `prepare` changes, so that trees of an older version are not taken. */
const layoutVersion = 1

/** Where built trees and downloads are kept: `$ALTO_CACHE`, else `~/.cache/altostack`. */
export function cacheDirectory(): string {
  return process.env.ALTO_CACHE ?? join(homedir(), '.cache', 'altostack')
}

/**
 * Gives the read-only tree under all lab hosts, built once (about 50 s, 440 MB) and kept in `cacheDir`.
 * Another process that builds the same tree at the same time does no harm: the first to finish is taken.
 */
export async function baseTree(cacheDir: string, log: (line: string) => void): Promise<string> {
  const key = createHash('sha256')
    .update(JSON.stringify([layoutVersion, hostPackages]))
    .digest('hex')
    .slice(0, 12)
  const tree = join(cacheDir, 'lab-base', key)
  if (existsSync(join(tree, completeMark))) return tree
  await mkdir(join(cacheDir, 'lab-base'), { recursive: true })
  log('building the base tree of lab hosts, once; this takes about a minute')
  await removeAbandoned(join(cacheDir, 'lab-base'))
  const fresh = `${tree}.${process.pid}`
  try {
    await buildDebianRoot({ out: fresh, packages: hostPackages, small: true })
    await prepare(fresh)
    await takeTree(fresh, tree)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return tree
}

const completeMark = '.altostack-lab-base'

/** What no host may share with another, or what a host inside a container cannot run. */
async function prepare(tree: string): Promise<void> {
  for (const name of await readdir(join(tree, 'etc/ssh'))) {
    if (name.startsWith('ssh_host_')) await rm(join(tree, 'etc/ssh', name))
  }
  // With machined, a restarted libvirtd meets its own dead guests' names and refuses to start new ones. Masking the
  // service alone is not enough: libvirt asks D-Bus to start it.
  await rm(join(tree, 'usr/share/dbus-1/system-services/org.freedesktop.machine1.service'), { force: true })
  await rm(join(tree, 'var/cache/apt'), { recursive: true, force: true })
  await rm(join(tree, 'var/lib/apt/lists'), { recursive: true, force: true })
  await mkdir(join(tree, 'var/cache/apt/archives/partial'), { recursive: true })
  await mkdir(join(tree, 'var/lib/apt/lists/partial'), { recursive: true })
  await writeFile(join(tree, completeMark), `${layoutVersion}\n`)
}

/** Half-built trees carry their builder's pid; a dead builder's is of no use to anybody. */
async function removeAbandoned(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const pid = /\.(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await rm(join(dir, name), { recursive: true, force: true })
  }
}

async function takeTree(fresh: string, tree: string): Promise<void> {
  try {
    await rename(fresh, tree)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (!existsSync(join(tree, completeMark)) || (code !== 'ENOTEMPTY' && code !== 'EEXIST')) throw error
  }
}
