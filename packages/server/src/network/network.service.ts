import {
  apiFailure,
  containsIpv4,
  formatCidr,
  type Ipv4Network,
  infrastructureFailure,
  ipv4Network,
  netmaskBits,
} from '@altostack/core'
import type { Queries, Row } from '../db/database.ts'
import { requireIpv4 } from '../zone/index.ts'
import { rangeBounds, rangesOfNetwork } from './ip-range.repository.ts'
import { physicalNetworksOfZone, trafficTypesOf } from './physical-network.repository.ts'

export type RangeRequest = {
  readonly gateway?: string | undefined
  readonly netmask?: string | undefined
  readonly startip?: string | undefined
  readonly endip?: string | undefined
}
export type AddressRange = {
  readonly gateway: string
  readonly netmask: string
  readonly network: Ipv4Network
  readonly first: number
  readonly last: number
  readonly text: string
}
/** Addresses of one range: above it the rows of user_ip_address would no longer be written in one transaction. */
const maxAddresses = 65_536

/** Checks gateway, netmask, startip and endip against each other. Throws `network.address` naming the wrong one. */
export function addressRange(request: RangeRequest): AddressRange {
  const { gateway, netmask, startip } = request
  if (gateway === undefined || netmask === undefined || startip === undefined) {
    throw apiFailure('api.parameter', 'gateway, netmask and startip are needed for the addresses of the network')
  }
  const endip = request.endip ?? startip
  const bits = netmaskBits(netmask)
  if (bits === undefined || bits < 8 || bits > 30) {
    throw infrastructureFailure('network.address', `netmask is not a netmask of 8 to 30 bits: ${netmask}`, {
      seen: netmask,
    })
  }
  const gatewayAddress = requireIpv4('gateway', gateway)
  const network = ipv4Network(gatewayAddress, bits)
  const first = requireIpv4('startip', startip)
  const last = requireIpv4('endip', endip)
  if (first > last) throw infrastructureFailure('network.address', `startip ${startip} lies behind endip ${endip}`)
  for (const [name, value] of [
    ['startip', first],
    ['endip', last],
  ] as const) {
    if (!containsIpv4(network, value) || value === network.first || value === network.last) {
      throw infrastructureFailure('network.address', `${name} is not a host address of ${formatCidr(network)}`)
    }
  }
  if (gatewayAddress >= first && gatewayAddress <= last) {
    throw infrastructureFailure('network.address', `The gateway ${gateway} lies inside the range ${startip}-${endip}`)
  }
  if (last - first + 1 > maxAddresses) {
    throw infrastructureFailure('network.address', `A range holds at most ${maxAddresses} addresses`, {
      fix: 'Add several smaller ranges with createVlanIpRange.',
    })
  }
  return { gateway, netmask, network, first, last, text: `${startip}-${endip}` }
}

/** Throws `network.range-overlap` when the range shares an address with one of the network. */
export async function requireFreeRange(db: Queries, networkId: number, range: AddressRange): Promise<void> {
  for (const present of await rangesOfNetwork(db, networkId)) {
    const bounds = rangeBounds(present)
    if (range.first <= bounds.last && range.last >= bounds.first) {
      throw infrastructureFailure('network.range-overlap', `${range.text} overlaps the range ${present.description}`, {
        entities: [{ uuid: present.uuid, description: 'VLAN IP range' }],
      })
    }
  }
}

/**
 * The physical network of a new guest network: the named one, or the zone's only one that carries Guest traffic and has the
 * tags of the offering.
 */
export async function guestPhysicalNetwork(
  db: Queries,
  zone: Row<'data_center'>,
  named: Row<'physical_network'> | undefined,
  offering: Row<'network_offerings'>,
): Promise<Row<'physical_network'>> {
  if (named && named.data_center_id !== zone.id) {
    throw infrastructureFailure('infrastructure.mismatch', `Physical network ${named.name} is not in zone ${zone.name}`)
  }
  const all = named ? [named] : await physicalNetworksOfZone(db, zone.id)
  const carrying: Row<'physical_network'>[] = []
  const tags = tagsOf(offering.tags)
  for (const network of all) {
    if (!tags.every((tag) => tagsOf(network.tags).includes(tag))) continue
    if ((await trafficTypesOf(db, network.id)).some((type) => type.traffic_type === 'Guest')) carrying.push(network)
  }
  const [found] = carrying
  if (!found) {
    throw infrastructureFailure(
      'infrastructure.mismatch',
      tags.length > 0
        ? `No physical network of zone ${zone.name} carries Guest traffic and has the tags of offering ${offering.name}: ${tags.join(', ')}`
        : `No physical network of zone ${zone.name} carries Guest traffic`,
      {
        fix: 'createPhysicalNetwork, then addTrafficType with traffictype=Guest and kvmnetworklabel=cloudbr0.',
      },
    )
  }
  if (carrying.length > 1) {
    throw apiFailure('api.parameter', `Zone ${zone.name} has several physical networks for guests: name one`, {
      entities: carrying.map((network) => ({ uuid: network.uuid, description: 'physical network' })),
    })
  }
  if (found.state !== 'Enabled') {
    throw infrastructureFailure('infrastructure.mismatch', `Physical network ${found.name} is ${found.state}`, {
      fix: 'updatePhysicalNetwork with state=Enabled.',
    })
  }
  return found
}

function tagsOf(text: string | null): string[] {
  return (text ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
}

/** An offering that is limited to zones serves only those. */
export async function requireOfferedInZone(
  db: Queries,
  offering: Row<'network_offerings'>,
  zone: Row<'data_center'>,
): Promise<void> {
  const rows = await db
    .selectFrom('network_offering_details')
    .select('value')
    .where('network_offering_id', '=', offering.id)
    .where('name', '=', 'zoneid')
    .execute()
  if (rows.length === 0 || rows.some((row) => Number(row.value) === zone.id)) return
  throw infrastructureFailure(
    'network.offering-mismatch',
    `Network offering ${offering.name} is not offered in zone ${zone.name}`,
  )
}
