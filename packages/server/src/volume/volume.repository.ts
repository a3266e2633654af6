import type { Insertable } from 'kysely'
import type { Database, Queries } from '../db/database.ts'
import type { Volume } from './volume.states.ts'

export async function insertVolume(db: Queries, volume: Insertable<Database['volumes']>): Promise<number> {
  return Number((await db.insertInto('volumes').values(volume).executeTakeFirstOrThrow()).insertId)
}

/** The volumes of a VM that are not removed, the root disk first. */
export async function volumesOfVm(db: Queries, vmId: number): Promise<readonly Volume[]> {
  return await db
    .selectFrom('volumes')
    .selectAll()
    .where('instance_id', '=', vmId)
    .where('removed', 'is', null)
    .orderBy('device_id')
    .orderBy('id')
    .execute()
}

export async function findVolume(db: Queries, id: number): Promise<Volume | undefined> {
  return await db.selectFrom('volumes').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Columns that are no state. */
export async function updateVolumeColumns(
  db: Queries,
  id: number,
  set: Partial<Omit<Volume, 'id' | 'uuid' | 'state' | 'update_count'>>,
): Promise<void> {
  await db.updateTable('volumes').set(set).where('id', '=', id).execute()
}
