import type { ImageRef } from '@altostack/agent-api'
import { volumeFailure } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { findUpload } from './upload.repository.ts'
import type { Volume } from './volume.states.ts'

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
