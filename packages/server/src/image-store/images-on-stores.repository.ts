import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
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

type Wanted = { readonly storeId?: StoreRef; readonly id?: number }

/** Columns that the images of all kinds have. */
const columns = [
  'own.id',
  'own.uuid',
  'own.name',
  'ref.store_id',
  'ref.install_path',
  'ref.physical_size',
  'ref.sha256',
] as const

/** Where images of a kind are, the state in which one is whole, and how those whose owner is there are found. */
const kinds = {
  template: {
    folder: 'images',
    whole: 'DOWNLOADED',
    select: (db: Queries, wanted: Wanted) =>
      db
        .selectFrom('template_store_ref as ref')
        .innerJoin('vm_template as own', 'own.id', 'ref.template_id')
        .select([...columns, 'ref.download_state as state'])
        .where(isWanted(wanted))
        .orderBy('own.id')
        .execute(),
  },
  snapshot: {
    folder: 'snapshots',
    whole: 'BackedUp',
    select: (db: Queries, wanted: Wanted) =>
      db
        .selectFrom('snapshot_store_ref as ref')
        .innerJoin('snapshots as own', 'own.id', 'ref.snapshot_id')
        .select([...columns, 'own.status as state'])
        .where(isWanted(wanted))
        .orderBy('own.id')
        .execute(),
  },
  volume: {
    folder: 'volumes',
    whole: 'Uploaded',
    select: (db: Queries, wanted: Wanted) =>
      db
        .selectFrom('volume_store_ref as ref')
        .innerJoin('volumes as own', 'own.id', 'ref.volume_id')
        .select([...columns, 'own.state as state'])
        .where(isWanted(wanted))
        .orderBy('own.id')
        .execute(),
  },
} as const

function isWanted({ storeId, id }: Wanted): (builder: unknown) => Expression<SqlBool> {
  return (builder) => {
    // biome-ignore lint/suspicious/noExplicitAny: Kysely cannot type columns of whichever tables are joined
    const eb = builder as ExpressionBuilder<any, any>
    return eb.and([
      eb('own.removed', 'is', null),
      ...(id === undefined ? [] : [eb('own.id', '=', id)]),
      ...(storeId === undefined ? [] : [eb('ref.store_id', storeId === null ? 'is' : '=', storeId)]),
    ]) as unknown as Expression<SqlBool>
  }
}

/** Images of a kind that are there or on their way. */
async function selectImages(db: Queries, kind: ImageKind, wanted: Wanted): Promise<ImageRow[]> {
  const { folder, whole, select } = kinds[kind]
  return (await select(db, wanted)).map((row) => ({
    ...{ kind, id: row.id, uuid: row.uuid, name: row.name, folder, storeId: row.store_id },
    path: row.state === whole ? row.install_path : null,
    sizeBytes: row.physical_size,
    sha256: row.sha256,
  }))
}

/** One kind after the other. */
export async function imagesOn(db: Queries, storeId: StoreRef): Promise<ImageRow[]> {
  const images: ImageRow[] = []
  for (const kind of imageKinds) images.push(...(await selectImages(db, kind, { storeId })))
  return images
}

/** Undefined: it was deleted, or never had an image. */
export async function findImageRow(db: Queries, kind: ImageKind, id: number): Promise<ImageRow | undefined> {
  return (await selectImages(db, kind, { id }))[0]
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
  const changed = await tx
    .updateTable(`${image.kind}_store_ref` as const)
    .set(set)
    .where(`${image.kind}_id` as const, '=', image.id)
    .where('install_path', '=', from.name)
    .executeTakeFirst()
  return Number(changed.numUpdatedRows) === 1
}
