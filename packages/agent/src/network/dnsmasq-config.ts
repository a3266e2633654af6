import { join } from 'node:path'
import type { NetworkNames, NicSpec } from '@altostack/agent-api'
import { serviceAddress } from './service-address.ts'

export type Dhcp = NonNullable<NicSpec['dhcp']>
/** One address given to one NIC of a guest of this host. */
export type Reservation = {
  readonly nicUuid: string
  readonly instanceName: string
  readonly bridge: string
  readonly mac: string
  readonly mtu?: number
  readonly dhcp: Dhcp
}

export type DnsmasqFiles = {
  readonly config: string
  readonly hosts: string
  readonly names: string
  readonly leases: string
  readonly pid: string
  readonly log: string
}

export function dnsmasqFiles(directory: string, bridge: string): DnsmasqFiles {
  const file = (kind: string): string => join(directory, `${bridge}.${kind}`)
  return {
    config: file('conf'),
    hosts: file('hosts'),
    names: file('names'),
    leases: file('leases'),
    pid: file('pid'),
    log: file('log'),
  }
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => (sum * 256 + Number(part)) >>> 0, 0)
}

function subnetOf(dhcp: Dhcp): string {
  const bits = (toNumber(dhcp.address) & toNumber(dhcp.netmask)) >>> 0
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.')
}

/** Tag of NICs that are not their guest's default one. */
const side = 'side'

function tagOf(dhcp: Dhcp): string {
  return `n${dhcp.networkUuid.slice(0, 8)}`
}

/** Where dnsmasq asks for names that are not of the guests' networks: the agent passes them on from the host. */
export const relayPort = 5300

/**
 * The configuration of the one dnsmasq of a bridge: it answers only MACs that are reserved, so that many hosts may share
 * the segment, and the names of the networks' guests. It runs in a namespace of its own, where it is the service address.
 */
export function dnsmasqConfig(
  bridge: string,
  files: DnsmasqFiles,
  reservations: readonly Reservation[],
  privateDirectory = false,
): string {
  const networks = new Map(reservations.map((one) => [tagOf(one.dhcp), one]))
  const lines = [
    `# Written by altostack-agent for ${bridge}; changes are lost.`,
    'interface=eth0',
    'bind-interfaces',
    'except-interface=lo',
    'no-hosts',
    'no-resolv',
    'no-ping',
    `addn-hosts=${files.names}`,
    `server=127.0.0.1#${relayPort}`,
    'cache-size=1000',
    'dhcp-ignore=tag:!known',
    'dhcp-no-override',
    'dhcp-authoritative',
    `dhcp-hostsfile=${files.hosts}`,
    `dhcp-leasefile=${files.leases}`,
    `pid-file=${files.pid}`,
    `log-facility=${files.log}`,
    'quiet-dhcp',
  ]
  // It gives up root for a user of its own, who could not read its files below a closed directory.
  if (privateDirectory) lines.push('user=root')
  for (const [tag, { dhcp, mtu }] of [...networks].toSorted(([a], [b]) => a.localeCompare(b))) {
    lines.push(`shared-network=eth0,${subnetOf(dhcp)}`)
    lines.push(`dhcp-range=set:${tag},${subnetOf(dhcp)},static,${dhcp.netmask},24h`)
    // The gateway is repeated: who knows this option heeds no other route.
    const gateway = dhcp.gateway === undefined ? '' : `,0.0.0.0/0,${dhcp.gateway}`
    const services = `option:classless-static-route,${serviceAddress}/32,0.0.0.0`
    lines.push(
      `dhcp-option=tag:${tag},tag:!${side},option:router${dhcp.gateway === undefined ? '' : `,${dhcp.gateway}`}`,
    )
    lines.push(`dhcp-option=tag:${tag},tag:!${side},${services}${gateway}`)
    lines.push(`dhcp-option=tag:${tag},tag:${side},option:router`)
    lines.push(`dhcp-option=tag:${tag},tag:${side},${services}`)
    const dns = [serviceAddress, ...dhcp.dns]
    lines.push(`dhcp-option=tag:${tag},option:dns-server,${dns.join(',')}`)
    if (mtu !== undefined) lines.push(`dhcp-option=tag:${tag},option:mtu,${mtu}`)
    if (dhcp.domain !== undefined) {
      const domain = safeDomain(dhcp.domain)
      lines.push(`dhcp-option=tag:${tag},option:domain-name,${domain}`)
      lines.push(`dhcp-option=tag:${tag},option:domain-search,${domain}`)
      lines.push(`local=/${domain}/`)
    }
  }
  return `${[...new Set(lines)].join('\n')}\n`
}

/** One line a reservation; MAC, address and name are validated by the contract. */
export function dnsmasqHosts(reservations: readonly Reservation[]): string {
  return reservations
    .map(
      ({ mac, dhcp }) =>
        `${mac},${dhcp.defaultRoute === false ? `set:${side},` : ''}${dhcp.address},${dhcp.hostName},24h\n`,
    )
    .toSorted()
    .join('')
}

/**
 * A hosts file: the guests of this host, and those of their networks elsewhere as far as the server has told. Short names
 * stand alone only where one domain has the bridge: elsewhere two guests may share one.
 */
export function dnsmasqNames(reservations: readonly Reservation[], networks: readonly NetworkNames[]): string {
  const all = [
    ...reservations.map(({ dhcp }) => ({ address: dhcp.address, name: dhcp.hostName, domain: dhcp.domain ?? '' })),
    ...networks.flatMap(({ names, domain = '' }) => names.map((one) => ({ ...one, domain }))),
  ]
  const alone = new Set(all.map((one) => one.domain)).size <= 1
  const lines = all.map(({ address, name, domain }) => {
    const full = domain === '' ? [] : [`${name}.${safeDomain(domain)}`]
    return `${[address, ...full, ...(alone || full.length === 0 ? [name] : [])].join(' ')}\n`
  })
  return [...new Set([...lines, `${serviceAddress} data-server metadata\n`])].toSorted().join('')
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
