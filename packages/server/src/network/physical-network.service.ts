import { apiFailure, infrastructureFailure } from '@altostack/core'
import type { Queries, Tx } from '../db/database.ts'
import { type IsolationMethod, inRanges, largestId, readRanges } from './broadcast-uri.ts'
import { listProviderRows, removeProvider } from './network-provider.repository.ts'
import {
  deleteTrafficTypeRow,
  type PhysicalNetwork,
  physicalNetworksOfZone,
  trafficTypesOf,
  updatePhysicalNetworkRow,
} from './physical-network.repository.ts'
import { vnetsOf } from './vnet.repository.ts'

export const trafficTypes = ['Public', 'Guest', 'Storage', 'Management'] as const

export function requireTrafficType(value: string): (typeof trafficTypes)[number] {
  const known = trafficTypes.find((type) => type.toLowerCase() === value.toLowerCase())
  if (!known) {
    throw apiFailure('api.parameter', `traffictype ${value} is not one of ${trafficTypes.join(', ')}`, { seen: value })
  }
  return known
}

/** `100-200,300` or a single number, inside the ids of the isolation method. Returns it normalised, sorted and merged. */
export function requireVlanRanges(value: string, method: IsolationMethod): string {
  const largest = largestId[method]
  const ranges = value.split(',').map((part) => {
    const match = /^(\d{1,8})(?:-(\d{1,8}))?$/.exec(part.trim())
    const first = Number(match?.[1])
    const last = match?.[2] === undefined ? first : Number(match[2])
    if (!match || first < 1 || last > largest || first > last) {
      throw apiFailure(
        'api.parameter',
        `vlan: ${part} is not a number or a range such as 100-200, from 1 to ${largest} for ${method}`,
        { seen: value },
      )
    }
    return { first, last }
  })
  const merged: { first: number; last: number }[] = []
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = merged.at(-1)
    if (before && range.first <= before.last + 1) before.last = Math.max(before.last, range.last)
    else merged.push({ ...range })
  }
  return merged.map(({ first, last }) => `${first}-${last}`).join(',')
}

/** One of VLAN and VXLAN; others need hardware or software that is not here. */
export function requireIsolation(methods: readonly string[] | undefined): IsolationMethod {
  const [given = 'VLAN', ...more] = methods ?? []
  const known = (['VLAN', 'VXLAN'] as const).find((method) => method === given.toUpperCase())
  if (!known || more.length > 0) {
    throw apiFailure('api.parameter', `isolationmethods is VLAN or VXLAN, not ${(methods ?? []).join(',')}`, {
      fix: 'One isolation method a physical network: VLAN or VXLAN.',
    })
  }
  return known
}

/** Ids in use that lie outside the new ranges but were given out from the old ones keep their networks: refused. */
export async function requireUnusedOutside(
  db: Queries,
  network: PhysicalNetwork,
  ranges: string | null,
): Promise<void> {
  const before = readRanges(network.vnet)
  const after = readRanges(ranges)
  const cut = (await vnetsOf(db, network.id)).filter(
    ({ number }) => inRanges(before, number) && !inRanges(after, number),
  )
  if (cut.length === 0) return
  const users = await db
    .selectFrom('networks')
    .select(['uuid', 'name'])
    .where(
      'id',
      'in',
      cut.slice(0, 20).map((vnet) => vnet.network_id),
    )
    .execute()
  throw infrastructureFailure(
    'infrastructure.not-empty',
    `The range cannot be changed: ${cut.length} of its ids are in use (${cut
      .slice(0, 5)
      .map((vnet) => vnet.vnet)
      .join(', ')})`,
    { entities: users.map((user) => ({ uuid: user.uuid, description: `network ${user.name}` })) },
  )
}

/** Mbit/s: `1000`, `1G` or `10G`. */
export function requireSpeed(value: string): number {
  const match = /^(\d{1,7})([GgMm]?)$/.exec(value)
  if (!match)
    throw apiFailure('api.parameter', `networkspeed: ${value} is not a speed such as 1000 or 10G`, { seen: value })
  return Number(match[1]) * (match[2]?.toLowerCase() === 'g' ? 1000 : 1)
}

export async function requireFreePhysicalNetworkName(db: Queries, zoneId: number, name: string): Promise<void> {
  const other = (await physicalNetworksOfZone(db, zoneId)).find((network) => network.name === name)
  if (other) {
    throw infrastructureFailure('infrastructure.name-taken', `A physical network named ${name} exists in the zone`, {
      entities: [{ uuid: other.uuid, description: 'physical network' }],
    })
  }
}

/** The physical network with its traffic types, providers and dedicated ranges; the caller has seen that nothing is on it. */
export async function removePhysicalNetwork(tx: Tx, id: number, now: number): Promise<void> {
  for (const type of await trafficTypesOf(tx, id)) await deleteTrafficTypeRow(tx, type.id)
  const { rows } = await listProviderRows(tx, { physicalNetworkId: id }, { offset: 0, limit: 1000 })
  for (const provider of rows) await removeProvider(tx, provider.id, now)
  await tx.deleteFrom('account_vnet_map').where('physical_network_id', '=', id).execute()
  await updatePhysicalNetworkRow(tx, id, { removed: now })
}
