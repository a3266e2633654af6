import type { Insertable } from 'kysely'
import { inScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page } from '../db/page.ts'

export type Policy = Row<'snapshot_policy'>

export async function policyOfInterval(db: Queries, volumeId: number, interval: number): Promise<Policy | undefined> {
  return await db
    .selectFrom('snapshot_policy')
    .selectAll()
    .where('volume_id', '=', volumeId)
    .where('interval', '=', interval)
    .executeTakeFirst()
}

export async function insertPolicy(db: Queries, policy: Insertable<Database['snapshot_policy']>): Promise<number> {
  return Number((await db.insertInto('snapshot_policy').values(policy).executeTakeFirstOrThrow()).insertId)
}

export async function updatePolicy(db: Queries, id: number, set: Partial<Omit<Policy, 'id'>>): Promise<void> {
  if (Object.keys(set).length > 0) await db.updateTable('snapshot_policy').set(set).where('id', '=', id).execute()
}

export async function deletePolicies(db: Queries, ids: readonly number[]): Promise<void> {
  await db
    .deleteFrom('snapshot_policy')
    .where('id', 'in', [...ids])
    .execute()
}

export type PolicyFilter = {
  readonly scope: OwnershipScope
  readonly id?: number | undefined
  readonly volumeId?: number | undefined
  readonly display?: boolean | undefined
  readonly keyword?: string | undefined
}

/** One page of policies. */
export async function selectPolicies(
  db: Queries,
  filter: PolicyFilter,
  page: Page,
): Promise<{ readonly count: number; readonly ids: readonly number[] }> {
  let query = db
    .selectFrom('snapshot_policy')
    .where(inScope(filter.scope, { account: 'snapshot_policy.account_id', domain: 'snapshot_policy.domain_id' }))
  if (filter.id !== undefined) query = query.where('snapshot_policy.id', '=', filter.id)
  if (filter.volumeId !== undefined) query = query.where('snapshot_policy.volume_id', '=', filter.volumeId)
  if (filter.display !== undefined) query = query.where('snapshot_policy.display', '=', filter.display ? 1 : 0)
  if (filter.keyword !== undefined) {
    query = query.where('snapshot_policy.schedule', 'like', keywordPattern(filter.keyword))
  }
  const total = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const rows = await query
    .select('snapshot_policy.id')
    .orderBy('snapshot_policy.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute()
  return { count: Number(total.total), ids: rows.map((row) => row.id) }
}
