import type { Insertable } from 'kysely'
import type { Database, Queries, Row } from '../db/database.ts'
import type { Snapshot } from './snapshot.states.ts'

export type StoredSnapshot = Row<'snapshot_store_ref'>

export async function requireSnapshot(db: Queries, id: number): Promise<Snapshot> {
  return await db.selectFrom('snapshots').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

/** Where the image store keeps it. */
export async function storedSnapshot(db: Queries, snapshotId: number): Promise<StoredSnapshot | undefined> {
  return await db.selectFrom('snapshot_store_ref').selectAll().where('snapshot_id', '=', snapshotId).executeTakeFirst()
}

export async function insertStoredSnapshot(
  db: Queries,
  stored: Insertable<Database['snapshot_store_ref']>,
): Promise<void> {
  await db.insertInto('snapshot_store_ref').values(stored).execute()
}

/** Its image is gone from the image store. */
export async function forgetStoredSnapshot(db: Queries, snapshotId: number): Promise<void> {
  await db.deleteFrom('snapshot_store_ref').where('snapshot_id', '=', snapshotId).execute()
}

/** Snapshots of a policy that are backed up, the newest first. */
export async function snapshotsOfPolicy(db: Queries, policyId: number): Promise<readonly Snapshot[]> {
  return await db
    .selectFrom('snapshots')
    .selectAll()
    .where('policy_id', '=', policyId)
    .where('status', '=', 'BackedUp')
    .where('removed', 'is', null)
    .orderBy('created', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

export async function findSnapshotByUuid(db: Queries, uuid: string): Promise<Snapshot | undefined> {
  return await db.selectFrom('snapshots').selectAll().where('uuid', '=', uuid).executeTakeFirst()
}
