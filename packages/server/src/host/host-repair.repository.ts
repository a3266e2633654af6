import type { Insertable } from 'kysely'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type HostRepairRow = Row<'host_repair'>

export async function insertHostRepair(db: Queries, repair: Insertable<Database['host_repair']>): Promise<number> {
  const { insertId } = await db.insertInto('host_repair').values(repair).executeTakeFirstOrThrow()
  return Number(insertId)
}

export async function findHostRepairs(db: Queries, ids: readonly number[]): Promise<HostRepairRow[]> {
  if (ids.length === 0) return []
  return await db
    .selectFrom('host_repair')
    .selectAll()
    .where('id', 'in', [...ids])
    .orderBy('id')
    .execute()
}

export async function setHostRepairs(
  db: Queries,
  ids: readonly number[],
  set: Partial<Pick<HostRepairRow, 'state' | 'applied' | 'restored'>>,
): Promise<void> {
  if (ids.length > 0)
    await db
      .updateTable('host_repair')
      .set(set)
      .where('id', 'in', [...ids])
      .execute()
}

export async function listHostRepairRows(
  db: Queries,
  filter: { readonly id?: number; readonly hostId?: number; readonly state?: string; readonly keyword?: string },
  page: Page,
): Promise<{ count: number; rows: HostRepairRow[] }> {
  let query = db.selectFrom('host_repair').where('host_repair.id', '>', 0)
  if (filter.id !== undefined) query = query.where('host_repair.id', '=', filter.id)
  if (filter.hostId !== undefined) query = query.where('host_repair.host_id', '=', filter.hostId)
  if (filter.state !== undefined) query = query.where('host_repair.state', '=', filter.state)
  if (filter.keyword !== undefined) query = query.where('host_repair.repair', 'like', keywordPattern(filter.keyword))
  return await selectPage(query, page, (filtered) =>
    filtered.selectAll('host_repair').orderBy('host_repair.id', 'desc'),
  )
}

/** Names and uuids of hosts, removed ones too. */
export async function hostNames(
  db: Queries,
  ids: readonly number[],
): Promise<ReadonlyMap<number, { uuid: string; name: string }>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('host')
    .select(['id', 'uuid', 'name'])
    .where('id', 'in', [...ids])
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}
