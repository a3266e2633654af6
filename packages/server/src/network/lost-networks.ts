import type { Queries } from '../db/database.ts'
import { segmentOf } from './broadcast-uri.ts'
import { defaultBridge, kvmLabel, kvmLabelOf } from './physical-network.repository.ts'

type Reason = { readonly seen: string; readonly fix: string }
const fix =
  'Migrate within the cluster; or connect the bridges of both clusters to one layer 2 network and reconnectHost a host of one: it looks again then (listLayer2Links).'

/**
 * By cluster of the zone: why a guest of these NICs would lose its network there, as far as hosts have seen. A VXLAN goes
 * wherever the hosts reach each other, so it holds nobody back.
 */
export async function lostNetworks(
  db: Queries,
  vmId: number,
  from: { readonly clusterId: number; readonly zoneId: number },
): Promise<ReadonlyMap<number, Reason>> {
  const lost = new Map<number, Reason>()
  const bridges = await guestBridges(db, vmId, from.zoneId)
  if (bridges.size === 0) return lost
  const clusters = await db
    .selectFrom('cluster')
    .select(['id', 'name'])
    .where('data_center_id', '=', from.zoneId)
    .where('removed', 'is', null)
    .execute()
  const name = clusters.find(({ id }) => id === from.clusterId)?.name ?? String(from.clusterId)
  const links = await db
    .selectFrom('layer2_link')
    .selectAll()
    .where((eb) => eb.or([eb('cluster_id', '=', from.clusterId), eb('other_cluster_id', '=', from.clusterId)]))
    .execute()
  for (const { id } of clusters) {
    if (id === from.clusterId) continue
    for (const bridge of bridges) {
      const link = links.find((one) => one.bridge === bridge && [one.cluster_id, one.other_cluster_id].includes(id))
      if (link?.shared === 1) continue
      const seen =
        link === undefined
          ? `no host has seen that it shares the layer 2 network of ${bridge} with cluster ${name}`
          : `it does not share the layer 2 network of ${bridge} with cluster ${name} (${link.seen})`
      lost.set(id, { seen, fix })
      break
    }
  }
  return lost
}

/** Bridges that the guest's NICs are on, those of VXLANs left out. */
async function guestBridges(db: Queries, vmId: number, zoneId: number): Promise<ReadonlySet<string>> {
  const networks = await db
    .selectFrom('nics')
    .innerJoin('networks', 'networks.id', 'nics.network_id')
    .select(['networks.physical_network_id', 'networks.broadcast_uri'])
    .where('nics.instance_id', '=', vmId)
    .where('nics.removed', 'is', null)
    .execute()
  const bridges = new Set<string>()
  for (const { physical_network_id, broadcast_uri } of networks) {
    if (segmentOf(broadcast_uri)?.kind === 'vxlan') continue
    const label =
      physical_network_id === null
        ? await kvmLabel(db, zoneId, 'Guest')
        : await kvmLabelOf(db, physical_network_id, 'Guest')
    bridges.add(label ?? defaultBridge)
  }
  return bridges
}
