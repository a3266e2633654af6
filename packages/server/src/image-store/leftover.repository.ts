import type { Queries, Row, Tx } from '../db/database.ts'

export type Leftover = Row<'image_store_leftover'>

/** Before a run writes an object: should it die or fail, the object is known and taken off the store. */
export async function announceObject(
  tx: Tx,
  object: { readonly storeId: number; readonly object: string; readonly runId: string; readonly now: number },
): Promise<void> {
  const { storeId, now } = object
  await forgetLeftover(tx, storeId, object.object)
  await tx
    .insertInto('image_store_leftover')
    .values({ store_id: storeId, object: object.object, run_id: object.runId, created: now })
    .execute()
}

/** An object that nobody needs any more: it goes as soon as the store can be reached. */
export async function abandonObject(tx: Tx, storeId: number, object: string, now: number): Promise<void> {
  await forgetLeftover(tx, storeId, object)
  await tx
    .insertInto('image_store_leftover')
    .values({ store_id: storeId, object, run_id: null, created: now })
    .execute()
}

/** The object is an image of a row from now on, or it is gone. */
export async function forgetLeftover(db: Queries, storeId: number, object: string): Promise<void> {
  await db.deleteFrom('image_store_leftover').where('store_id', '=', storeId).where('object', '=', object).execute()
}

/** Objects whose writer has ended without making them count. */
export async function leftovers(db: Queries, storeId?: number): Promise<readonly Leftover[]> {
  return await db
    .selectFrom('image_store_leftover')
    .selectAll('image_store_leftover')
    .leftJoin('workflow_run', 'workflow_run.id', 'image_store_leftover.run_id')
    .where((eb) => eb.or([eb('workflow_run.id', 'is', null), eb('workflow_run.status', 'in', ['succeeded', 'failed'])]))
    .$if(storeId !== undefined, (query) => query.where('image_store_leftover.store_id', '=', storeId!))
    .orderBy('image_store_leftover.id')
    .execute()
}

/** Whether a run writes to the store now. */
export async function isWrittenTo(db: Queries, storeId: number): Promise<boolean> {
  const row = await db
    .selectFrom('image_store_leftover')
    .innerJoin('workflow_run', 'workflow_run.id', 'image_store_leftover.run_id')
    .select('image_store_leftover.id')
    .where('workflow_run.status', 'not in', ['succeeded', 'failed'])
    .where('image_store_leftover.store_id', '=', storeId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export async function noteLeftover(db: Queries, storeId: number, object: string, seen: string): Promise<void> {
  await db
    .updateTable('image_store_leftover')
    .set({ seen: seen.slice(0, 1024) })
    .where('store_id', '=', storeId)
    .where('object', '=', object)
    .execute()
}

/** When the store itself goes. */
export async function forgetLeftovers(tx: Tx, storeId: number): Promise<void> {
  await tx.deleteFrom('image_store_leftover').where('store_id', '=', storeId).execute()
}
