import type { Queries } from '../db/database.ts'
import type { StoredImage } from './stored-image.ts'

export type FoundImage = StoredImage & { readonly tag: string; readonly sha256: string | null }

/** The image of a template, ISO, snapshot or uploaded volume by its public id; undefined where there is none to give. */
export async function findImage(db: Queries, uuid: string): Promise<FoundImage | undefined> {
  const template = await db
    .selectFrom('template_store_ref as ref')
    .innerJoin('vm_template as own', 'own.id', 'ref.template_id')
    .select(['ref.store_id', 'ref.install_path', 'ref.physical_size', 'ref.sha256'])
    .where('own.uuid', '=', uuid)
    .where('ref.download_state', '=', 'DOWNLOADED')
    .executeTakeFirst()
  if (template !== undefined) return found('images', template, uuid)
  const snapshot = await db
    .selectFrom('snapshot_store_ref as ref')
    .innerJoin('snapshots as own', 'own.id', 'ref.snapshot_id')
    .select(['ref.store_id', 'ref.install_path', 'ref.physical_size', 'ref.sha256'])
    .where('own.uuid', '=', uuid)
    .where('ref.state', '=', 'Ready')
    .executeTakeFirst()
  if (snapshot !== undefined) return found('snapshots', snapshot, uuid)
  const volume = await db
    .selectFrom('volume_store_ref as ref')
    .innerJoin('volumes as own', 'own.id', 'ref.volume_id')
    .select(['ref.store_id', 'ref.install_path', 'ref.physical_size', 'ref.sha256'])
    .where('own.uuid', '=', uuid)
    .where('ref.download_state', '=', 'DOWNLOADED')
    .executeTakeFirst()
  return volume === undefined ? undefined : found('volumes', volume, uuid)
}

function found(
  folder: StoredImage['folder'],
  row: {
    readonly store_id: number | null
    readonly install_path: string | null
    readonly physical_size: number
    readonly sha256: string | null
  },
  uuid: string,
): FoundImage | undefined {
  if (row.install_path === null) return undefined
  return {
    storeId: row.store_id,
    folder,
    name: row.install_path,
    sizeBytes: row.physical_size,
    sha256: row.sha256,
    tag: row.sha256 ?? uuid,
  }
}
