import type { Queries, Row } from '../db/database.ts'
import type { Snapshot } from './snapshot.states.ts'

export type StoredSnapshot = Row<'snapshot_store_ref'>

export async function requireSnapshot(db: Queries, id: number): Promise<Snapshot> {
  return await db.selectFrom('snapshots').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

/** Where the image store keeps it. */
export async function storedSnapshot(db: Queries, snapshotId: number): Promise<StoredSnapshot | undefined> {
  return await db.selectFrom('snapshot_store_ref').selectAll().where('snapshot_id', '=', snapshotId).executeTakeFirst()
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
