import {
  containsIpv4,
  formatIpv4,
  type Ipv4Network,
  infrastructureFailure,
  ipv4Network,
  netmaskBits,
  parseIpv4,
} from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { requireIpv4 } from '../zone/index.ts'
import { type Pod, podsOfZone } from './pod.repository.ts'

export type PodAddresses = {
  readonly gateway: string
  readonly network: Ipv4Network
  readonly start: string
  readonly end: string
}

/** Checks gateway, netmask and reserved range against each other. The range may be left out. */
export function podAddresses(gateway: string, netmask: string, startIp?: string, endIp?: string): PodAddresses {
  const gatewayAddress = requireIpv4('gateway', gateway)
  const bits = netmaskBits(netmask)
  if (bits === undefined) {
    throw infrastructureFailure('network.address', `netmask is not a netmask: ${netmask}`, { seen: netmask })
  }
  const network = ipv4Network(gatewayAddress, bits)
  const start = startIp === undefined || startIp === '' ? '' : startIp
  const end = endIp === undefined || endIp === '' ? start : endIp
  if (start === '') return { gateway, network, start, end }
  const first = requireIpv4('startip', start)
  const last = requireIpv4('endip', end)
  if (first > last) {
    throw infrastructureFailure('network.address', `startip ${start} lies behind endip ${end}`)
  }
  if (!containsIpv4(network, first) || !containsIpv4(network, last)) {
    throw infrastructureFailure(
      'network.address',
      `The range ${start}-${end} is not inside ${formatIpv4(network.address)}/${bits} of gateway ${gateway}`,
    )
  }
  if (gatewayAddress >= first && gatewayAddress <= last) {
    throw infrastructureFailure('network.address', `The gateway ${gateway} lies inside the range ${start}-${end}`)
  }
  return { gateway, network, start, end }
}

export async function requireFreePodName(db: Queries, zoneId: number, name: string, exceptId?: number): Promise<void> {
  const other = (await podsOfZone(db, zoneId)).find((pod) => pod.name === name && pod.id !== exceptId)
  if (other) {
    throw infrastructureFailure('infrastructure.name-taken', `A pod named ${name} exists in the zone`, {
      entities: [{ uuid: other.uuid, description: 'pod' }],
    })
  }
}

/** Pods of a zone may share a network, never a reserved address. */
export async function requireFreePodRange(
  db: Queries,
  zoneId: number,
  addresses: PodAddresses,
  exceptId?: number,
): Promise<void> {
  if (addresses.start === '') return
  const first = parseIpv4(addresses.start) ?? 0
  const last = parseIpv4(addresses.end) ?? 0
  for (const pod of await podsOfZone(db, zoneId)) {
    if (pod.id === exceptId) continue
    const clash = reservedRange(pod).find((range) => first <= range.last && last >= range.first)
    if (clash) {
      throw infrastructureFailure(
        'network.range-overlap',
        `The range ${addresses.start}-${addresses.end} overlaps pod ${pod.name}`,
        { entities: [{ uuid: pod.uuid, description: 'pod' }] },
      )
    }
  }
}

function reservedRange(pod: Pod): { first: number; last: number }[] {
  return (pod.description ?? '')
    .split(',')
    .filter((text) => text !== '')
    .map((text) => {
      const [start = '', end = ''] = text.split('-')
      return { first: parseIpv4(start) ?? 0, last: parseIpv4(end) ?? parseIpv4(start) ?? 0 }
    })
    .filter((range) => range.first > 0)
}
