import type { HostFacts } from '@altostack/agent-api'
import type { Insertable } from 'kysely'
import type { Database, Queries, Row } from '../db/database.ts'
import type { Peer } from './homogeneity.ts'

export type HostRow = Row<'host'>

/** A host that was not removed. */
export async function findHost(db: Queries, id: number): Promise<HostRow | undefined> {
  return await db.selectFrom('host').selectAll().where('id', '=', id).where('removed', 'is', null).executeTakeFirst()
}

/** Of something that names it, removed or not: the rows of hosts stay. */
export async function requireHostRow(db: Queries, id: number): Promise<HostRow> {
  return await db.selectFrom('host').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

export async function findHostByUuid(db: Queries, uuid: string): Promise<HostRow | undefined> {
  return await db
    .selectFrom('host')
    .selectAll()
    .where('uuid', '=', uuid)
    .where('removed', 'is', null)
    .executeTakeFirst()
}

/** The machine as a host, wherever it is: machine ids are unique, addresses change. */
export async function findHostByMachine(db: Queries, machineId: string): Promise<HostRow | undefined> {
  return await db
    .selectFrom('host')
    .selectAll()
    .where('machine_id', '=', machineId)
    .where('removed', 'is', null)
    .executeTakeFirst()
}

export async function insertHost(db: Queries, host: Insertable<Database['host']>): Promise<HostRow> {
  const { insertId } = await db.insertInto('host').values(host).executeTakeFirstOrThrow()
  return await db.selectFrom('host').selectAll().where('id', '=', Number(insertId)).executeTakeFirstOrThrow()
}

export async function updateHostColumns(
  db: Queries,
  id: number,
  set: Partial<Omit<HostRow, 'id' | 'uuid' | 'status' | 'resource_state' | 'update_count'>>,
): Promise<void> {
  if (Object.keys(set).length > 0) await db.updateTable('host').set(set).where('id', '=', id).execute()
}

export type Capacity = { readonly cpu_total: number; readonly memory_total: number; readonly cores_total: number }

/** Writes the host's capacity where it changed; what VMs have claimed stays. */
export async function saveCapacity(db: Queries, hostId: number, capacity: Capacity): Promise<void> {
  const row = await db.selectFrom('host_capacity').selectAll().where('host_id', '=', hostId).executeTakeFirst()
  if (row === undefined) {
    await db
      .insertInto('host_capacity')
      .values({ host_id: hostId, ...capacity })
      .execute()
    return
  }
  const same =
    row.cpu_total === capacity.cpu_total &&
    row.memory_total === capacity.memory_total &&
    row.cores_total === capacity.cores_total
  if (!same) await db.updateTable('host_capacity').set(capacity).where('host_id', '=', hostId).execute()
}

/** Sets details by name; null removes one. Unchanged ones are not written. */
export async function saveHostDetails(
  db: Queries,
  hostId: number,
  details: Readonly<Record<string, string | null>>,
): Promise<void> {
  const names = Object.keys(details)
  if (names.length === 0) return
  const stored = await db
    .selectFrom('host_details')
    .select(['id', 'name', 'value'])
    .where('host_id', '=', hostId)
    .where('name', 'in', names)
    .execute()
  const gone = stored.filter((row) => details[row.name] === null).map((row) => row.id)
  if (gone.length > 0) await db.deleteFrom('host_details').where('id', 'in', gone).execute()
  for (const [name, value] of Object.entries(details)) {
    if (value === null) continue
    const row = stored.find((one) => one.name === name)
    if (row === undefined) await db.insertInto('host_details').values({ host_id: hostId, name, value }).execute()
    else if (row.value !== value) await db.updateTable('host_details').set({ value }).where('id', '=', row.id).execute()
  }
}

export async function saveHostTags(db: Queries, hostId: number, tags: readonly string[]): Promise<void> {
  const wanted = [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))]
  await db.deleteFrom('host_tags').where('host_id', '=', hostId).where('is_implicit', '=', 0).execute()
  for (const tag of wanted) await db.insertInto('host_tags').values({ host_id: hostId, tag }).execute()
}

/** What hung on the row of a host that is gone: details, tags, capacity and its pools. */
export async function forgetHostRows(db: Queries, hostId: number): Promise<void> {
  for (const table of ['host_details', 'host_tags', 'host_capacity', 'storage_pool_host_ref'] as const) {
    await db.deleteFrom(table).where('host_id', '=', hostId).execute()
  }
}

/** Distribution names of the other hosts of a cluster. */
export async function clusterDistributions(db: Queries, clusterId: number, exceptHostId: number): Promise<string[]> {
  const rows = await db
    .selectFrom('host')
    .innerJoin('host_details', 'host_details.host_id', 'host.id')
    .select('host_details.value')
    .distinct()
    .where('host.cluster_id', '=', clusterId)
    .where('host.removed', 'is', null)
    .where('host.id', '!=', exceptHostId)
    .where('host_details.name', '=', 'Host.OS')
    .execute()
  return rows.map((row) => row.value).filter((value) => value !== null)
}

/** What the other hosts of a cluster have said of themselves, oldest first. */
export async function clusterPeers(db: Queries, clusterId: number, exceptHostId: number): Promise<Peer[]> {
  const rows = await db
    .selectFrom('host')
    .select(['name', 'facts'])
    .where('cluster_id', '=', clusterId)
    .where('removed', 'is', null)
    .where('id', '!=', exceptHostId)
    .where('facts', 'is not', null)
    .orderBy('id')
    .execute()
  return rows.map(({ name, facts }) => ({ name, facts: JSON.parse(facts ?? '{}') as HostFacts }))
}

/** Hosts of a cluster whose agent is Up, oldest first. */
export async function upHostsOfCluster(db: Queries, clusterId: number): Promise<HostRow[]> {
  return await db
    .selectFrom('host')
    .selectAll()
    .where('cluster_id', '=', clusterId)
    .where('status', '=', 'Up')
    .where('removed', 'is', null)
    .orderBy('id')
    .execute()
}
