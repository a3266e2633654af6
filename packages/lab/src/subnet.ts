import { createHash } from 'node:crypto'
import { labFailure } from './errors.ts'

/** A lab's /24: `10.64.7` stands for 10.64.7.0/24. The server has .1, hosts follow from .11. */
export type SubnetPrefix = string

/** An IPv4 range as numbers, both ends included. */
export interface Ipv4Range {
  readonly first: number
  readonly last: number
}

const firstHostOctet = 11
const firstMachineOctet = 221
const storageOctets = [210, 211] as const
/** 10.64.0.0/10: apart from what people number by hand, and 16384 subnets to choose from. */
const subnetCount = 64 * 256

/**
 * Chooses a free /24 for the lab `id`: a place derived from the id, then onwards until none of the `taken` ranges
 * overlaps. Throws `lab.subnet` when nothing is free.
 */
export function chooseSubnet(id: string, taken: readonly Ipv4Range[]): SubnetPrefix {
  const start = createHash('sha256').update(id).digest().readUInt16BE(0) % subnetCount
  for (let step = 0; step < subnetCount; step++) {
    const index = (start + step) % subnetCount
    const prefix = `10.${64 + Math.floor(index / 256)}.${index % 256}`
    const range = cidrRange(`${prefix}.0/24`)!
    if (!taken.some((other) => other.first <= range.last && range.first <= other.last)) return prefix
  }
  throw labFailure('lab.subnet', 'No free subnet for the lab')
}

/** The range of `10.0.0.0/8` or of a single address; undefined for what is not IPv4 (`default`, IPv6). */
export function cidrRange(cidr: string): Ipv4Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(cidr)
  if (!match) return undefined
  const octets = match.slice(1, 5).map(Number)
  const bits = match[5] === undefined ? 32 : Number(match[5])
  if (octets.some((octet) => octet > 255) || bits > 32) return undefined
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0)
  const size = 2 ** (32 - bits)
  const first = Math.floor(address / size) * size
  return { first, last: first + size - 1 }
}

/** Ranges that the machine already uses, from the JSON of `ip -j route` and `ip -j address`. */
export function takenRanges(routes: unknown, addresses: unknown): readonly Ipv4Range[] {
  const found: Ipv4Range[] = []
  for (const route of asRecords(routes)) push(found, String(route.dst))
  for (const link of asRecords(addresses)) {
    for (const info of asRecords(link.addr_info)) push(found, `${info.local}/${info.prefixlen}`)
  }
  return found
}

export function serverAddress(prefix: SubnetPrefix): string {
  return `${prefix}.1`
}

/** Address of the host with this place in the lab, counted from 0. */
export function hostAddress(prefix: SubnetPrefix, index: number): string {
  return `${prefix}.${firstHostOctet + index}`
}

/** Address of the machine host with this place, counted from 0. */
export function machineAddress(prefix: SubnetPrefix, index: number): string {
  return `${prefix}.${firstMachineOctet + index}`
}

/** Both addresses of the storage host: two ways to the same disks. */
export function storageAddresses(prefix: SubnetPrefix): readonly [string, string] {
  return [`${prefix}.${storageOctets[0]}`, `${prefix}.${storageOctets[1]}`]
}

function push(ranges: Ipv4Range[], cidr: string): void {
  const range = cidrRange(cidr)
  if (range && cidr !== '0.0.0.0/0') ranges.push(range)
}

function asRecords(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : []
}
