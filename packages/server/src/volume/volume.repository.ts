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

/** Of something that names it, removed or not: the rows of volumes stay, but those of imports that failed. */
export async function requireVolume(db: Queries, id: number): Promise<Volume> {
  return await db.selectFrom('volumes').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

/** The row whose id this is, removed or not. */
export async function findVolumeByUuid(db: Queries, uuid: string): Promise<Volume | undefined> {
  return await db.selectFrom('volumes').selectAll().where('uuid', '=', uuid).executeTakeFirst()
}

/** Columns that are no state. */
export async function updateVolumeColumns(
  db: Queries,
  id: number,
  set: Partial<Omit<Volume, 'id' | 'uuid' | 'state' | 'update_count'>>,
): Promise<void> {
  await db.updateTable('volumes').set(set).where('id', '=', id).execute()
}

/** Lets go of a volume whose file stays: it is removed from its pool, and another id is free for whoever imports the file. */
export async function unmanageVolume(
  db: Queries,
  volume: Pick<Volume, 'id' | 'pool_id'>,
  uuid: string,
  now: number,
): Promise<void> {
  await db
    .updateTable('volumes')
    .set({ uuid, removed: now, last_pool_id: volume.pool_id, pool_id: null })
    .where('id', '=', volume.id)
    .execute()
}

/** Of an import that is taken back: there was no such volume. */
export async function deleteVolume(db: Queries, id: number): Promise<void> {
  await db.deleteFrom('volumes').where('id', '=', id).execute()
}
