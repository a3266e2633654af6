import type { ResponseValue, vlanIpRangeResponse } from '@altostack/api'
import { apiFailure, infrastructureFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { requireBroadcastUri, untagged } from './broadcast-uri.ts'
import { findIpRange, insertIpRange, publicRangesOfZone, rangeBounds } from './ip-range.repository.ts'
import { ipRangeViews } from './ip-range.view.ts'
import { addressRange, type RangeRequest } from './network.service.ts'
import { physicalNetworksOfZone, trafficTypesOf } from './physical-network.repository.ts'

type Place = {
  readonly zone: Row<'data_center'> | undefined
  readonly physical: Row<'physical_network'> | undefined
  readonly podId: number | undefined
}

/** Public addresses of a zone: kept and listed, so that a zone is built whole; routed networks will take from them. */
export async function addPublicRange(
  tx: Tx,
  ctx: ServerContext,
  place: Place,
  asked: RangeRequest & { readonly vlan: string | undefined },
  now: number,
): Promise<ResponseValue<typeof vlanIpRangeResponse>> {
  const { zone } = place
  if (zone === undefined) throw apiFailure('api.parameter', 'zoneid is needed for public addresses')
  const physical = await publicPhysicalNetwork(tx, zone, place.physical)
  const range = addressRange(asked)
  for (const other of await publicRangesOfZone(tx, zone.id)) {
    const bounds = rangeBounds(other)
    if (range.first > bounds.last || range.last < bounds.first) continue
    throw infrastructureFailure(
      'network.range-overlap',
      `${range.text} overlaps the public range ${other.description}`,
      {
        entities: [{ uuid: other.uuid, description: 'VLAN IP range' }],
      },
    )
  }
  const id = await insertIpRange(
    tx,
    ctx,
    {
      uuid: ctx.runtime.uuid(),
      vlan_id: asked.vlan === undefined ? untagged : requireBroadcastUri(asked.vlan, physical),
      vlan_type: 'VirtualNetwork',
      vlan_gateway: range.gateway,
      vlan_netmask: range.netmask,
      description: range.text,
      data_center_id: zone.id,
      physical_network_id: physical.id,
      pod_id: place.podId ?? null,
      created: now,
    },
    range.first,
    range.last,
    null,
  )
  const added = await findIpRange(tx, id)
  return (await ipRangeViews(tx, added ? [added] : []))[0] ?? {}
}

/** The named physical network, or the zone's one that carries Public traffic. */
async function publicPhysicalNetwork(
  db: Queries,
  zone: Row<'data_center'>,
  named: Row<'physical_network'> | undefined,
): Promise<Row<'physical_network'>> {
  if (named !== undefined && named.data_center_id !== zone.id) {
    throw infrastructureFailure('infrastructure.mismatch', `Physical network ${named.name} is not in zone ${zone.name}`)
  }
  for (const network of named ? [named] : await physicalNetworksOfZone(db, zone.id)) {
    if ((await trafficTypesOf(db, network.id)).some((type) => type.traffic_type === 'Public')) return network
  }
  throw infrastructureFailure(
    'infrastructure.mismatch',
    named === undefined
      ? `No physical network of zone ${zone.name} carries Public traffic`
      : `Physical network ${named.name} carries no Public traffic`,
    { fix: 'addTrafficType with traffictype=Public.' },
  )
}
