import type { Queries } from '../db/database.ts'

export type OwnerName = { readonly uuid: string; readonly account: string; readonly type: number }

/** Uuid and name of accounts by id. */
export async function ownerNames(db: Queries, ids: readonly (number | null)[]): Promise<Map<number, OwnerName>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))]
  if (wanted.length === 0) return new Map()
  const rows = await db
    .selectFrom('account')
    .select(['id', 'uuid', 'account_name', 'type'])
    .where('id', 'in', wanted)
    .execute()
  return new Map(rows.map((row) => [row.id, { uuid: row.uuid, account: row.account_name, type: row.type }]))
}
