import type { ImageRef } from '@altostack/agent-api'
import { volumeFailure } from '@altostack/core'
import type { Queries, Row } from '../db/database.ts'
import type { Volume } from './volume.states.ts'

export async function findUpload(db: Queries, volumeId: number): Promise<Row<'volume_store_ref'> | undefined> {
  return await db.selectFrom('volume_store_ref').selectAll().where('volume_id', '=', volumeId).executeTakeFirst()
}

/** The image of an uploaded volume as hosts fetch it. */
export async function uploadedImage(db: Queries, volume: Volume): Promise<ImageRef> {
  const ref = await findUpload(db, volume.id)
  if (ref?.download_state !== 'DOWNLOADED' || ref.sha256 === null) {
    throw volumeFailure('volume.state', `Volume ${volume.name} is not on the image store`, {
      seen: ref?.download_state ?? 'no image',
    })
  }
  return {
    uuid: volume.uuid,
    format: 'qcow2',
    sizeBytes: ref.physical_size,
    virtualSizeBytes: ref.size,
    sha256: ref.sha256,
  }
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
