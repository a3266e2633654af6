import type { Insertable } from 'kysely'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type JoinTokenRow = Row<'join_token'>

export async function insertJoinToken(db: Queries, token: Insertable<Database['join_token']>): Promise<JoinTokenRow> {
  const { insertId } = await db.insertInto('join_token').values(token).executeTakeFirstOrThrow()
  return await db.selectFrom('join_token').selectAll().where('id', '=', Number(insertId)).executeTakeFirstOrThrow()
}

export async function removeJoinToken(db: Queries, id: number, now: number): Promise<void> {
  await db.updateTable('join_token').set({ removed: now }).where('id', '=', id).execute()
}

/** Tokens that addHost made for itself are not among them. */
export async function listJoinTokenRows(
  db: Queries,
  filter: { readonly id?: number; readonly clusterId?: number; readonly keyword?: string },
  page: Page,
): Promise<{ count: number; rows: JoinTokenRow[] }> {
  let query = db.selectFrom('join_token').where('join_token.removed', 'is', null).where('join_token.recruit', '=', 0)
  if (filter.id !== undefined) query = query.where('join_token.id', '=', filter.id)
  if (filter.clusterId !== undefined) query = query.where('join_token.cluster_id', '=', filter.clusterId)
  if (filter.keyword !== undefined)
    query = query.where('join_token.description', 'like', keywordPattern(filter.keyword))
  return await selectPage(query, page, (filtered) => filtered.selectAll('join_token').orderBy('join_token.id'))
}
