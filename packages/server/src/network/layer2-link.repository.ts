import type { Queries, Row, Tx } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type Layer2Link = Row<'layer2_link'>

/**
 * Whether hosts of the two clusters are on one layer 2 network with this bridge, as far as it was seen; undefined: nobody
 * has looked yet. A guest may keep its address when it moves only where they are.
 */
export async function clustersShareNetwork(
  db: Queries,
  clusterId: number,
  otherClusterId: number,
  bridge: string,
): Promise<{ readonly shared: boolean; readonly seen: string; readonly checked: number } | undefined> {
  const row = await findLink(db, clusterId, otherClusterId, bridge)
  return row === undefined ? undefined : { shared: row.shared === 1, seen: row.seen, checked: row.checked }
}

async function findLink(db: Queries, one: number, other: number, bridge: string): Promise<Layer2Link | undefined> {
  return await db
    .selectFrom('layer2_link')
    .selectAll()
    .where('cluster_id', '=', Math.min(one, other))
    .where('other_cluster_id', '=', Math.max(one, other))
    .where('bridge', '=', bridge)
    .executeTakeFirst()
}

/** Saves what was seen; answers what was known before. */
export async function saveLink(
  tx: Tx,
  link: Omit<Layer2Link, 'id' | 'cluster_id' | 'other_cluster_id'> & { readonly clusters: readonly [number, number] },
): Promise<Layer2Link | undefined> {
  const { clusters, ...values } = link
  const before = await findLink(tx, clusters[0], clusters[1], link.bridge)
  if (before !== undefined) await tx.updateTable('layer2_link').set(values).where('id', '=', before.id).execute()
  else {
    await tx
      .insertInto('layer2_link')
      .values({ ...values, cluster_id: Math.min(...clusters), other_cluster_id: Math.max(...clusters) })
      .execute()
  }
  return before
}

/** Clusters of the pod that the cluster's hosts need to be asked about: those that nobody looked at since then. */
export async function unseenClusters(
  db: Queries,
  { podId, clusterId, bridge }: { readonly podId: number; readonly clusterId: number; readonly bridge: string },
  since: number,
): Promise<number[]> {
  const clusters = await db
    .selectFrom('cluster')
    .select('id')
    .where('pod_id', '=', podId)
    .where('removed', 'is', null)
    .orderBy('id')
    .execute()
  const seen = await db
    .selectFrom('layer2_link')
    .select(['cluster_id', 'other_cluster_id'])
    .where('bridge', '=', bridge)
    .where('checked', '>=', since)
    .where((eb) => eb.or([eb('cluster_id', '=', clusterId), eb('other_cluster_id', '=', clusterId)]))
    .execute()
  const known = new Set(seen.flatMap((link) => [link.cluster_id, link.other_cluster_id]))
  return clusters.flatMap(({ id }) => (known.has(id) ? [] : [id]))
}

/** Hosts of a cluster that are Up, the asking one left out: a few, of which one is likely to be connected here. */
export async function hostsToAsk(
  db: Queries,
  clusterId: number,
  exceptId: number,
): Promise<{ id: number; name: string }[]> {
  return await db
    .selectFrom('host')
    .select(['id', 'name'])
    .where('cluster_id', '=', clusterId)
    .where('status', '=', 'Up')
    .where('id', '!=', exceptId)
    .where('removed', 'is', null)
    .orderBy('id')
    .limit(20)
    .execute()
}

export async function listLinkRows(
  db: Queries,
  filter: { readonly podId?: number; readonly clusterId?: number; readonly keyword?: string },
  page: Page,
): Promise<{ count: number; rows: Layer2Link[] }> {
  let query = db.selectFrom('layer2_link')
  if (filter.podId !== undefined) query = query.where('layer2_link.pod_id', '=', filter.podId)
  if (filter.keyword !== undefined) query = query.where('layer2_link.seen', 'like', keywordPattern(filter.keyword))
  const { clusterId } = filter
  if (clusterId !== undefined) {
    query = query.where((eb) =>
      eb.or([eb('layer2_link.cluster_id', '=', clusterId), eb('layer2_link.other_cluster_id', '=', clusterId)]),
    )
  }
  return selectPage(query, page, (filtered) => filtered.selectAll('layer2_link').orderBy('layer2_link.id'))
}

/** Whether a host of the cluster was looked from or at since then. */
export async function checkedSince(db: Queries, clusterId: number, since: number): Promise<boolean> {
  const row = await db
    .selectFrom('layer2_link')
    .select('id')
    .where('checked', '>=', since)
    .where((eb) => eb.or([eb('cluster_id', '=', clusterId), eb('other_cluster_id', '=', clusterId)]))
    .executeTakeFirst()
  return row !== undefined
}
