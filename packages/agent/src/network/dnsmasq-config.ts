import { join } from 'node:path'
import type { NicSpec } from '@altostack/agent-api'

export type Dhcp = NonNullable<NicSpec['dhcp']>
/** One address given to one NIC of a guest of this host. */
export type Reservation = {
  readonly nicUuid: string
  readonly instanceName: string
  readonly bridge: string
  readonly mac: string
  readonly dhcp: Dhcp
}

export type DnsmasqFiles = {
  readonly config: string
  readonly hosts: string
  readonly leases: string
  readonly pid: string
  readonly log: string
}

export function dnsmasqFiles(directory: string, bridge: string): DnsmasqFiles {
  const file = (kind: string): string => join(directory, `${bridge}.${kind}`)
  return { config: file('conf'), hosts: file('hosts'), leases: file('leases'), pid: file('pid'), log: file('log') }
}

/** True when the address lies in the subnet of `address`/`netmask`. */
export function sameSubnet(one: string, other: string, netmask: string): boolean {
  const mask = toNumber(netmask)
  return (toNumber(one) & mask) >>> 0 === (toNumber(other) & mask) >>> 0
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => (sum * 256 + Number(part)) >>> 0, 0)
}

function subnetOf(dhcp: Dhcp): string {
  const bits = (toNumber(dhcp.address) & toNumber(dhcp.netmask)) >>> 0
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.')
}

function tagOf(dhcp: Dhcp): string {
  return `n${dhcp.networkUuid.slice(0, 8)}`
}

/**
 * The configuration of the one dnsmasq of a bridge: it answers only MACs that are reserved, so that many hosts may share
 * the segment. `ownAddresses`: the bridge's, whose subnets need no further word.
 */
export function dnsmasqConfig(
  bridge: string,
  files: DnsmasqFiles,
  reservations: readonly Reservation[],
  ownAddresses: readonly string[],
  privateDirectory = false,
): string {
  const networks = new Map(reservations.map(({ dhcp }) => [tagOf(dhcp), dhcp]))
  const lines = [
    '# Written by altostack-agent; changes are lost.',
    'port=0',
    `interface=${bridge}`,
    'bind-interfaces',
    'except-interface=lo',
    'no-hosts',
    'no-resolv',
    'no-ping',
    'dhcp-ignore=tag:!known',
    'dhcp-no-override',
    `dhcp-hostsfile=${files.hosts}`,
    `dhcp-leasefile=${files.leases}`,
    `pid-file=${files.pid}`,
    `log-facility=${files.log}`,
    'quiet-dhcp',
  ]
  // It gives up root for a user of its own, who could not read its files below a closed directory.
  if (privateDirectory) lines.push('user=root')
  for (const [tag, dhcp] of [...networks].toSorted(([a], [b]) => a.localeCompare(b))) {
    if (!ownAddresses.some((own) => sameSubnet(own, dhcp.address, dhcp.netmask))) {
      lines.push(`shared-network=${bridge},${subnetOf(dhcp)}`)
    }
    lines.push(`dhcp-range=set:${tag},${subnetOf(dhcp)},static,${dhcp.netmask},24h`)
    lines.push(`dhcp-option=tag:${tag},option:router${dhcp.gateway === undefined ? '' : `,${dhcp.gateway}`}`)
    lines.push(`dhcp-option=tag:${tag},option:dns-server${dhcp.dns.map((one) => `,${one}`).join('')}`)
    if (dhcp.domain !== undefined) lines.push(`dhcp-option=tag:${tag},option:domain-name,${safeDomain(dhcp.domain)}`)
  }
  return `${lines.join('\n')}\n`
}

/** One line a reservation; MAC, address and name are validated by the contract. */
export function dnsmasqHosts(reservations: readonly Reservation[]): string {
  return reservations
    .map(({ mac, dhcp }) => `${mac},${dhcp.address},${dhcp.hostName},24h\n`)
    .toSorted()
    .join('')
}

/** The lease file without leases that no reservation stands for: an address may pass to another guest at once. */
export function keepLeases(leases: string, reservations: readonly Reservation[]): string {
  const known = new Set(reservations.map(({ mac, dhcp }) => `${mac} ${dhcp.address}`))
  return leases
    .split('\n')
    .filter((line) => {
      const [, mac, address] = line.split(' ')
      return mac !== undefined && address !== undefined && known.has(`${mac.toLowerCase()} ${address}`)
    })
    .map((line) => `${line}\n`)
    .join('')
}

function safeDomain(domain: string): string {
  return domain.replace(/[^A-Za-z0-9.-]/g, '')
}
