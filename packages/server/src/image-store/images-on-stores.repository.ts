import type { Queries, Tx } from '../db/database.ts'
import type { StoreRef } from './image-store.repository.ts'
import type { ImageFolder } from './stored-image.ts'

export const imageKinds = ['template', 'snapshot', 'volume'] as const
export type ImageKind = (typeof imageKinds)[number]

/** The image of a template or ISO, snapshot or uploaded volume, as its row says. */
export type ImageRow = {
  readonly kind: ImageKind
  readonly id: number
  readonly uuid: string
  readonly name: string
  readonly folder: ImageFolder
  readonly storeId: StoreRef
  /** Name on the store, where the image is whole; null while it comes. */
  readonly path: string | null
  readonly sizeBytes: number
  readonly sha256: string | null
}

const folders = { template: 'images', snapshot: 'snapshots', volume: 'volumes' } as const

/** Images of the kinds that are there or on their way, one kind after the other. */
async function selectImages(
  db: Queries,
  where: { readonly storeId?: StoreRef; readonly kind?: ImageKind; readonly id?: number },
): Promise<ImageRow[]> {
  const { storeId, id } = where
  const wanted = (kind: ImageKind): boolean => where.kind === undefined || where.kind === kind
  const found: Omit<ImageRow, 'folder'>[] = []
  if (wanted('template')) {
    const rows = await db
      .selectFrom('template_store_ref as ref')
      .innerJoin('vm_template as own', 'own.id', 'ref.template_id')
      .select([
        'own.id',
        'own.uuid',
        'own.name',
        'ref.store_id',
        'ref.install_path',
        'ref.physical_size',
        'ref.sha256',
        'ref.download_state',
      ])
      .where('own.removed', 'is', null)
      .$if(id !== undefined, (query) => query.where('own.id', '=', id!))
      .$if(storeId === null, (query) => query.where('ref.store_id', 'is', null))
      .$if(typeof storeId === 'number', (query) => query.where('ref.store_id', '=', storeId!))
      .orderBy('own.id')
      .execute()
    found.push(...rows.map((row) => imageRow('template', row, row.download_state === 'DOWNLOADED')))
  }
  if (wanted('snapshot')) {
    const rows = await db
      .selectFrom('snapshot_store_ref as ref')
      .innerJoin('snapshots as own', 'own.id', 'ref.snapshot_id')
      .select([
        'own.id',
        'own.uuid',
        'own.name',
        'ref.store_id',
        'ref.install_path',
        'ref.physical_size',
        'ref.sha256',
        'own.status',
      ])
      .where('own.removed', 'is', null)
      .$if(id !== undefined, (query) => query.where('own.id', '=', id!))
      .$if(storeId === null, (query) => query.where('ref.store_id', 'is', null))
      .$if(typeof storeId === 'number', (query) => query.where('ref.store_id', '=', storeId!))
      .orderBy('own.id')
      .execute()
    found.push(...rows.map((row) => imageRow('snapshot', row, row.status === 'BackedUp')))
  }
  if (wanted('volume')) {
    const rows = await db
      .selectFrom('volume_store_ref as ref')
      .innerJoin('volumes as own', 'own.id', 'ref.volume_id')
      .select([
        'own.id',
        'own.uuid',
        'own.name',
        'ref.store_id',
        'ref.install_path',
        'ref.physical_size',
        'ref.sha256',
        'own.state',
      ])
      .where('own.removed', 'is', null)
      .$if(id !== undefined, (query) => query.where('own.id', '=', id!))
      .$if(storeId === null, (query) => query.where('ref.store_id', 'is', null))
      .$if(typeof storeId === 'number', (query) => query.where('ref.store_id', '=', storeId!))
      .orderBy('own.id')
      .execute()
    found.push(...rows.map((row) => imageRow('volume', row, row.state === 'Uploaded')))
  }
  return found.map((image) => ({ ...image, folder: folders[image.kind] }))
}

function imageRow(
  kind: ImageKind,
  row: {
    readonly id: number
    readonly uuid: string
    readonly name: string
    readonly store_id: number | null
    readonly install_path: string | null
    readonly physical_size: number
    readonly sha256: string | null
  },
  whole: boolean,
): Omit<ImageRow, 'folder'> {
  const { id, uuid, name, store_id: storeId, physical_size: sizeBytes, sha256 } = row
  return { kind, id, uuid, name, storeId, path: whole ? row.install_path : null, sizeBytes, sha256 }
}

export async function imagesOn(db: Queries, storeId: StoreRef): Promise<ImageRow[]> {
  return await selectImages(db, { storeId })
}

/** Undefined: it was deleted, or never had an image. */
export async function findImageRow(db: Queries, kind: ImageKind, id: number): Promise<ImageRow | undefined> {
  return (await selectImages(db, { kind, id }))[0]
}

/** Zones that an image belongs to; empty: all. */
export async function zonesOfImage(db: Queries, kind: ImageKind, id: number): Promise<readonly number[]> {
  if (kind === 'template') {
    const rows = await db
      .selectFrom('template_zone_ref')
      .select('zone_id')
      .where('template_id', '=', id)
      .where('removed', 'is', null)
      .execute()
    return rows.map((row) => row.zone_id)
  }
  const table = kind === 'snapshot' ? ('snapshots' as const) : ('volumes' as const)
  const row = await db.selectFrom(table).select('data_center_id').where('id', '=', id).executeTakeFirst()
  return row === undefined ? [] : [row.data_center_id]
}

/** Names the new place of an image that is where it was; false: it is not any more. */
export async function changePlace(
  tx: Tx,
  image: { readonly kind: ImageKind; readonly id: number },
  from: { readonly storeId: StoreRef; readonly name: string },
  to: { readonly storeId: StoreRef; readonly name: string },
  now: number,
): Promise<boolean> {
  const seen = await findImageRow(tx, image.kind, image.id)
  if (seen === undefined || seen.path !== from.name || seen.storeId !== from.storeId) return false
  const set = { store_id: to.storeId, install_path: to.name, last_updated: now }
  const changed =
    image.kind === 'template'
      ? await tx
          .updateTable('template_store_ref')
          .set(set)
          .where('template_id', '=', image.id)
          .where('install_path', '=', from.name)
          .executeTakeFirst()
      : image.kind === 'snapshot'
        ? await tx
            .updateTable('snapshot_store_ref')
            .set(set)
            .where('snapshot_id', '=', image.id)
            .where('install_path', '=', from.name)
            .executeTakeFirst()
        : await tx
            .updateTable('volume_store_ref')
            .set(set)
            .where('volume_id', '=', image.id)
            .where('install_path', '=', from.name)
            .executeTakeFirst()
  return Number(changed.numUpdatedRows) === 1
}
