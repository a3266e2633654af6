import type { Queries, Row } from '../db/database.ts'

export type Upload = Row<'volume_store_ref'>

export async function findUpload(db: Queries, volumeId: number): Promise<Upload | undefined> {
  return await db.selectFrom('volume_store_ref').selectAll().where('volume_id', '=', volumeId).executeTakeFirst()
}

export async function updateUpload(
  db: Queries,
  volumeId: number,
  set: Partial<Omit<Upload, 'id' | 'volume_id'>>,
): Promise<void> {
  await db.updateTable('volume_store_ref').set(set).where('volume_id', '=', volumeId).execute()
}

/** Images of volumes that have a place on a pool now, or are gone: nobody needs them. */
export async function spentUploads(db: Queries) {
  return await db
    .selectFrom('volume_store_ref')
    .innerJoin('volumes', 'volumes.id', 'volume_store_ref.volume_id')
    .select([
      'volume_store_ref.id',
      'volumes.uuid',
      'volume_store_ref.store_id as storeId',
      'volume_store_ref.install_path as path',
    ])
    .where('volumes.state', 'not in', ['NotUploaded', 'UploadOp', 'Uploaded', 'Copying', 'Allocated'])
    .execute()
}

export async function forgetUpload(db: Queries, id: number): Promise<void> {
  await db.deleteFrom('volume_store_ref').where('id', '=', id).execute()
}
