import type { Insertable } from 'kysely'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type Pod = Row<'host_pod_ref'>
export type PodFilter = {
  readonly id?: number
  readonly zoneId?: number
  readonly name?: string
  readonly keyword?: string
  readonly allocationState?: string
}

export async function insertPod(db: Queries, pod: Insertable<Database['host_pod_ref']>): Promise<number> {
  const result = await db.insertInto('host_pod_ref').values(pod).executeTakeFirstOrThrow()
  return Number(result.insertId)
}

export async function findPod(db: Queries, id: number): Promise<Pod | undefined> {
  return db.selectFrom('host_pod_ref').selectAll().where('id', '=', id).where('removed', 'is', null).executeTakeFirst()
}

export async function podsOfZone(db: Queries, zoneId: number): Promise<Pod[]> {
  return db
    .selectFrom('host_pod_ref')
    .selectAll()
    .where('data_center_id', '=', zoneId)
    .where('removed', 'is', null)
    .execute()
}

export async function updatePodRow(db: Queries, id: number, values: Partial<Omit<Pod, 'id' | 'uuid'>>): Promise<void> {
  if (Object.keys(values).length === 0) return
  await db.updateTable('host_pod_ref').set(values).where('id', '=', id).execute()
}

export async function listPodRows(db: Queries, filter: PodFilter, page: Page): Promise<{ count: number; rows: Pod[] }> {
  let query = db.selectFrom('host_pod_ref').where('host_pod_ref.removed', 'is', null)
  if (filter.id !== undefined) query = query.where('host_pod_ref.id', '=', filter.id)
  if (filter.zoneId !== undefined) query = query.where('host_pod_ref.data_center_id', '=', filter.zoneId)
  if (filter.name !== undefined) query = query.where('host_pod_ref.name', '=', filter.name)
  if (filter.allocationState !== undefined) {
    query = query.where('host_pod_ref.allocation_state', '=', filter.allocationState)
  }
  if (filter.keyword !== undefined) query = query.where('host_pod_ref.name', 'like', keywordPattern(filter.keyword))
  return selectPage(query, page, (filtered) => filtered.selectAll('host_pod_ref').orderBy('host_pod_ref.id'))
}

/** Words for what keeps a pod from being deleted. */
export async function podContents(db: Queries, podId: number): Promise<string[]> {
  const contents: string[] = []
  for (const [table, words] of [
    ['cluster', 'clusters'],
    ['host', 'hosts'],
    ['storage_pool', 'storage pools'],
  ] as const) {
    const row = await db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('pod_id', '=', podId)
      .where('removed', 'is', null)
      .executeTakeFirstOrThrow()
    if (Number(row.n) > 0) contents.push(`${row.n} ${words}`)
  }
  return contents
}
