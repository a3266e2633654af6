import type { Insertable } from 'kysely'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'
import type { StoredDetail } from './pool-details.ts'
import { hostPoolRef } from './pool-ref.ts'

export type Pool = Row<'storage_pool'>
export type PoolFilter = {
  readonly id?: number
  readonly zoneId?: number
  readonly podId?: number
  readonly clusterId?: number
  /** Pools that this host has attached. */
  readonly hostId?: number
  readonly name?: string
  readonly path?: string
  readonly address?: string
  readonly scope?: string
  readonly status?: string
  readonly keyword?: string
}

export async function findPool(db: Queries, id: number): Promise<Pool | undefined> {
  return await db
    .selectFrom('storage_pool')
    .selectAll()
    .where('id', '=', id)
    .where('removed', 'is', null)
    .executeTakeFirst()
}

/** Of something that names it, removed or not: the rows of pools stay. */
export async function requirePool(db: Queries, id: number): Promise<Pool> {
  return await db.selectFrom('storage_pool').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

export async function poolsByIds(db: Queries, ids: readonly number[]): Promise<Pool[]> {
  if (ids.length === 0) return []
  return await db.selectFrom('storage_pool').selectAll().where('id', 'in', ids).execute()
}

export async function findPoolByUuid(db: Queries, uuid: string): Promise<Pool | undefined> {
  return await db
    .selectFrom('storage_pool')
    .selectAll()
    .where('uuid', '=', uuid)
    .where('removed', 'is', null)
    .executeTakeFirst()
}

/** Hosts that are Up and shall have the pool: of its zone, of its cluster, or its one host; oldest first. */
export async function upHostsOfPool(
  db: Queries,
  pool: Pick<Pool, 'data_center_id' | 'cluster_id' | 'host_id' | 'hypervisor'>,
): Promise<Row<'host'>[]> {
  let query = db
    .selectFrom('host')
    .selectAll()
    .where('data_center_id', '=', pool.data_center_id)
    .where('status', '=', 'Up')
    .where('removed', 'is', null)
    .orderBy('id')
  if (pool.cluster_id !== null) query = query.where('cluster_id', '=', pool.cluster_id)
  if (pool.host_id !== null) query = query.where('id', '=', pool.host_id)
  if (pool.cluster_id === null && pool.hypervisor !== null && pool.hypervisor !== 'Any') {
    query = query.where('hypervisor_type', '=', pool.hypervisor)
  }
  return await query.execute()
}

/** A living pool of a storage server's export or disk; one place is one pool, whatever cluster asks. */
export async function findPoolOn(
  db: Queries,
  place: { readonly type: string; readonly address: string; readonly path: string },
): Promise<Pool | undefined> {
  return await db
    .selectFrom('storage_pool')
    .selectAll()
    .where('pool_type', '=', place.type)
    .where('host_address', '=', place.address)
    .where('path', '=', place.path)
    .where('removed', 'is', null)
    .executeTakeFirst()
}

/** A living pool at the same place: of the same cluster, or of the same host. */
export async function findPoolAt(
  db: Queries,
  place: {
    readonly type: string
    readonly path: string
    readonly clusterId: number | null
    readonly hostId: number | null
  },
): Promise<Pool | undefined> {
  let query = db
    .selectFrom('storage_pool')
    .selectAll()
    .where('pool_type', '=', place.type)
    .where('path', '=', place.path)
    .where('removed', 'is', null)
  query =
    place.hostId === null
      ? query.where('cluster_id', place.clusterId === null ? 'is' : '=', place.clusterId).where('host_id', 'is', null)
      : query.where('host_id', '=', place.hostId)
  return await query.executeTakeFirst()
}

export async function insertPool(db: Queries, pool: Insertable<Database['storage_pool']>): Promise<Pool> {
  const { insertId } = await db.insertInto('storage_pool').values(pool).executeTakeFirstOrThrow()
  return await db.selectFrom('storage_pool').selectAll().where('id', '=', Number(insertId)).executeTakeFirstOrThrow()
}

export async function updatePool(
  db: Queries,
  id: number,
  set: Partial<Pick<Pool, 'name' | 'host_address' | 'port' | 'path'>>,
): Promise<void> {
  await db.updateTable('storage_pool').set(set).where('id', '=', id).execute()
}

export async function savePoolTags(db: Queries, poolId: number, tags: readonly string[]): Promise<void> {
  await db.deleteFrom('storage_pool_tags').where('pool_id', '=', poolId).execute()
  for (const tag of new Set(tags.map((one) => one.trim()).filter((one) => one !== ''))) {
    await db.insertInto('storage_pool_tags').values({ pool_id: poolId, tag }).execute()
  }
}

export async function savePoolDetails(db: Queries, poolId: number, details: readonly StoredDetail[]): Promise<void> {
  for (const { name, value, display } of details) {
    await db.deleteFrom('storage_pool_details').where('pool_id', '=', poolId).where('name', '=', name).execute()
    await db.insertInto('storage_pool_details').values({ pool_id: poolId, name, value, display }).execute()
  }
}

/** A pool that is gone needs no settings, and no password of its target. */
export async function forgetPoolDetails(db: Queries, poolId: number): Promise<void> {
  await db.deleteFrom('storage_pool_details').where('pool_id', '=', poolId).execute()
}

/** What a host shall have attached: pools of its zone, shared ones of its cluster, its own local ones. */
export async function poolsOfHost(
  db: Queries,
  host: Pick<Row<'host'>, 'id' | 'cluster_id' | 'data_center_id' | 'hypervisor_type'>,
): Promise<Pool[]> {
  return await db
    .selectFrom('storage_pool')
    .selectAll()
    .where('removed', 'is', null)
    .where('status', 'in', ['Up', 'Disabled', 'PrepareForMaintenance', 'ErrorInMaintenance'])
    .where((eb) =>
      eb.or([
        eb('host_id', '=', host.id),
        eb.and([eb('host_id', 'is', null), eb('cluster_id', '=', host.cluster_id ?? -1)]),
        eb.and([
          eb('scope', '=', 'ZONE'),
          eb('data_center_id', '=', host.data_center_id),
          eb.or([eb('hypervisor', 'is', null), eb('hypervisor', 'in', ['Any', host.hypervisor_type])]),
        ]),
      ]),
    )
    .orderBy('id')
    .execute()
}

/** Living pools that only this host has. */
export async function localPoolsOf(db: Queries, hostId: number): Promise<Pool[]> {
  return await db
    .selectFrom('storage_pool')
    .selectAll()
    .where('host_id', '=', hostId)
    .where('removed', 'is', null)
    .execute()
}

/** This host has the pool attached. Written only when it is news. */
export async function saveHostRef(db: Queries, pool: Pool, hostId: number, now: number): Promise<void> {
  const there = await db
    .selectFrom('storage_pool_host_ref')
    .select('id')
    .where('host_id', '=', hostId)
    .where('pool_id', '=', pool.id)
    .executeTakeFirst()
  if (there !== undefined) return
  await db
    .insertInto('storage_pool_host_ref')
    .values({ host_id: hostId, pool_id: pool.id, local_path: hostPoolRef(pool).path, created: now, last_updated: now })
    .execute()
}

export async function dropHostRef(db: Queries, poolId: number, hostId: number): Promise<boolean> {
  const result = await db
    .deleteFrom('storage_pool_host_ref')
    .where('pool_id', '=', poolId)
    .where('host_id', '=', hostId)
    .executeTakeFirst()
  return Number(result.numDeletedRows) > 0
}

/** No host has the pool attached any more. */
export async function dropHostRefs(db: Queries, poolId: number): Promise<void> {
  await db.deleteFrom('storage_pool_host_ref').where('pool_id', '=', poolId).execute()
}

export async function hostsOfPool(db: Queries, poolId: number): Promise<number[]> {
  const rows = await db.selectFrom('storage_pool_host_ref').select('host_id').where('pool_id', '=', poolId).execute()
  return rows.map((row) => row.host_id)
}

export type Usage = { readonly capacityBytes: number; readonly usedBytes: number }

export async function saveUsage(db: Queries, poolId: number, usage: Usage, now: number): Promise<void> {
  await db
    .updateTable('storage_pool')
    .set({ capacity_bytes: usage.capacityBytes, used_bytes: usage.usedBytes, update_time: now })
    .where('id', '=', poolId)
    .execute()
}

/** Volumes that live on the pool; destroyed ones too unless `living`. */
export async function volumesOnPool(
  db: Queries,
  poolId: number,
): Promise<{ readonly uuid: string; readonly name: string; readonly state: string }[]> {
  return await db
    .selectFrom('volumes')
    .select(['uuid', 'name', 'state'])
    .where('pool_id', '=', poolId)
    .where('removed', 'is', null)
    .where('state', 'not in', ['Expunged'])
    .orderBy('id')
    .execute()
}

export async function listPoolRows(
  db: Queries,
  filter: PoolFilter,
  page: Page,
): Promise<{ count: number; rows: Pool[] }> {
  let query = db.selectFrom('storage_pool').where('storage_pool.removed', 'is', null)
  const exact = [
    ['storage_pool.id', filter.id],
    ['storage_pool.data_center_id', filter.zoneId],
    ['storage_pool.pod_id', filter.podId],
    ['storage_pool.cluster_id', filter.clusterId],
    ['storage_pool.name', filter.name],
    ['storage_pool.path', filter.path],
    ['storage_pool.host_address', filter.address],
    ['storage_pool.scope', filter.scope],
    ['storage_pool.status', filter.status],
  ] as const
  for (const [column, value] of exact) if (value !== undefined) query = query.where(column, '=', value)
  if (filter.hostId !== undefined) {
    const hostId = filter.hostId
    query = query.where('storage_pool.id', 'in', (eb) =>
      eb.selectFrom('storage_pool_host_ref').select('pool_id').where('host_id', '=', hostId),
    )
  }
  if (filter.keyword !== undefined) {
    const pattern = keywordPattern(filter.keyword)
    query = query.where((eb) =>
      eb.or([eb('storage_pool.name', 'like', pattern), eb('storage_pool.pool_type', 'like', pattern)]),
    )
  }
  return await selectPage(query, page, (filtered) => filtered.selectAll('storage_pool').orderBy('storage_pool.id'))
}
