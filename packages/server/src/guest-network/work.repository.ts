import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'

export type WorkKind = 'Group' | 'Network' | 'Vm'
export type Work = Row<'guest_network_work'>

/**
 * Notes in the change's own transaction that hosts must hear of it; the sync duty tells them. `Vm`: its data, its
 * networks' names and its groups' members.
 */
export async function noteGuestNetwork(tx: Tx, ctx: ServerContext, kind: WorkKind, entityId: number): Promise<void> {
  await tx
    .insertInto('guest_network_work')
    .values({ kind, entity_id: entityId, done: 0, created: ctx.runtime.now() })
    .execute()
  ctx.afterCommit(() => ctx.feed.wake())
}

/** Version of what is read now: the number of the newest note. Read it before the state that it stands for. */
export async function guestNetworkVersion(db: Queries): Promise<number> {
  const row = await db
    .selectFrom('guest_network_work')
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirst()
  return Number(row?.id ?? 0)
}

export async function openWork(db: Queries, limit: number): Promise<Work[]> {
  return await db
    .selectFrom('guest_network_work')
    .selectAll()
    .where('done', '=', 0)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** Those notes are done; older ones go, the newest stays for its number. */
export async function endWork(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  await tx
    .updateTable('guest_network_work')
    .set({ done: 1 })
    .where('id', 'in', [...ids])
    .execute()
  const newest = await guestNetworkVersion(tx)
  await tx.deleteFrom('guest_network_work').where('done', '=', 1).where('id', '<', newest).execute()
}
