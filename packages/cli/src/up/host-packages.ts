import { createInterface } from 'node:readline/promises'
import { must, run } from '../run.ts'

/** Debian packages that make this machine a KVM host, and those that build the template. */
export const hostPackages = [
  'libvirt-daemon',
  'libvirt-daemon-driver-qemu',
  'libvirt-daemon-system',
  'qemu-system-x86',
  'qemu-utils',
  'genisoimage',
  'dnsmasq-base',
  'nftables',
  'iproute2',
  'iputils-ping',
  'kmod',
  'procps',
  'util-linux',
  'apt',
  'mtools',
  'syslinux',
  'syslinux-common',
  'e2fsprogs',
  'busybox-static',
  'cpio',
  'openssl',
] as const

export async function missingHostPackages(): Promise<string[]> {
  const result = await run(['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\n', ...hostPackages])
  const installed = new Set(
    result.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return hostPackages.filter((name) => !installed.has(name))
}

/** Says which packages are missing and installs them once the user agrees. A package's services are not started. */
export async function installHostPackages(
  missing: readonly string[],
  yes: boolean,
  say: (text: string) => void,
): Promise<void> {
  say(`Debian packages to install: ${missing.join(' ')}`)
  if (!yes && !(await agreed())) {
    throw Object.assign(new Error('The packages were not installed'), {
      code: 'up.packages',
      fix: 'Run ./alto up --yes, or ./alto up --simulator for simulated hosts.',
    })
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
  await must(['apt-get', 'update', '-qq'], { env, timeoutMs: 300_000 })
  await must(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing], { env, timeoutMs: 900_000 })
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) return false
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await lines.question('  Install them? [y/N] ')
  lines.close()
  return /^y(es)?$/i.test(answer.trim())
}
