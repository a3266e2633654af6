import type { ImageRef } from '@altostack/agent-api'
import { volumeFailure } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { requireSnapshot, storedSnapshot } from './snapshot.repository.ts'

/** The image of a snapshot as hosts fetch it. Throws when it is not on the store. */
export async function imageOf(db: Queries, snapshotId: number): Promise<ImageRef> {
  const snapshot = await requireSnapshot(db, snapshotId)
  const stored = await storedSnapshot(db, snapshotId)
  if (snapshot.removed !== null || stored === undefined || stored.sha256 === null) {
    throw volumeFailure('snapshot.state', `Snapshot ${snapshot.name} is not on the image store`, {
      seen: snapshot.status,
      entities: [{ uuid: snapshot.uuid, description: 'snapshot' }],
    })
  }
  return {
    uuid: snapshot.uuid,
    format: 'qcow2',
    sizeBytes: stored.physical_size,
    virtualSizeBytes: stored.size,
    sha256: stored.sha256,
  }
}

/** Throws 431 unless the snapshot is backed up. */
export function requireBackedUp(snapshot: {
  readonly status: string
  readonly name: string
  readonly uuid: string
}): void {
  if (snapshot.status === 'BackedUp') return
  throw volumeFailure('snapshot.state', `Snapshot ${snapshot.name} is ${snapshot.status}, not BackedUp`, {
    seen: snapshot.status,
    entities: [{ uuid: snapshot.uuid, description: 'snapshot' }],
  })
}
