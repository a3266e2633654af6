import { existsSync, readFileSync } from 'node:fs'

/** Why this machine cannot be a KVM host, or undefined when it can. Acceleration is proved later, by the agent. */
export function cannotHost(): string | undefined {
  if (process.platform !== 'linux') return `this is ${process.platform}, not Linux`
  if (process.getuid?.() !== 0) return 'not run as root'
  if (!existsSync('/etc/debian_version')) return 'not a Debian system'
  if (!existsSync('/dev/net/tun')) return '/dev/net/tun is missing, so no guest can have a network'
  return undefined
}

/** Whether systemd is process 1, so that it may look after libvirtd. */
export function systemdRuns(): boolean {
  return existsSync('/run/systemd/system')
}

/** Addresses in use here as [first, last] pairs, from the kernel's routing table. */
export function routedRanges(): [number, number][] {
  const lines = readFileSync('/proc/net/route', 'utf8').split('\n').slice(1)
  return lines.flatMap((line): [number, number][] => {
    const fields = line.split('\t')
    const destination = littleEndian(fields[1])
    const mask = littleEndian(fields[7])
    if (destination === undefined || mask === undefined || mask === 0) return []
    return [[destination, (destination | ~mask) >>> 0]]
  })
}

function littleEndian(hex: string | undefined): number | undefined {
  if (hex === undefined || !/^[0-9A-F]{8}$/.test(hex)) return undefined
  return Buffer.from(hex, 'hex').readUInt32LE(0)
}
