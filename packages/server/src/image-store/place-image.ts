import { AltoError } from '@altostack/core'
import type { Retry } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'
import type { Queries, Tx } from '../db/database.ts'
import { chooseStore, findOwnStore, type StoreRef } from './image-store.repository.ts'
import { abandonObject, announceObject, forgetLeftover } from './leftover.repository.ts'
import { removeLeftover } from './remove-leftovers.ts'
import type { ImageDigest } from './store-driver.ts'
import { storeOf } from './store-of.ts'
import type { ImageFolder } from './stored-image.ts'

/** Where an image goes, and its name there. */
export type ImagePlace = {
  /** Null: the server's own store. */
  readonly storeId: number | null
  readonly folder: ImageFolder
  readonly name: string
}

/** A store that is away for a moment does not fail a download of hours. */
export const storeRetry: Retry = {
  attempts: 3,
  firstMs: 2000,
  when: (error) => error instanceof AltoError && error.code === 'image-store.unreachable',
}

type NewImage = {
  readonly folder: ImageFolder
  readonly uuid: string
  readonly format: string
  readonly runId: string
}

/**
 * Chooses the store of a new image and announces the object before it is written: of whatever becomes of the run, nothing
 * stays on the store unknown. In the server's own store it has its place already. `zoneId` null: of every zone.
 */
export async function choosePlace(
  tx: Tx,
  ctx: ServerContext,
  image: NewImage & { readonly sizeBytes: number; readonly zoneId: number | null },
): Promise<ImagePlace> {
  const { folder, uuid, format } = image
  const storeId = await chooseStore(tx, image.zoneId, image.sizeBytes)
  if (storeId === null) return { storeId, folder, name: `${uuid}.${format}` }
  return await announcePlace(tx, ctx, { storeId, rowId: storeId }, image)
}

/**
 * The name of an image to be on a store: nobody else writes to it, so that it can be removed whatever happens beside.
 * `rowId`: of the store's row, which the server's own has as well.
 */
export async function announcePlace(
  tx: Tx,
  ctx: ServerContext,
  store: { readonly storeId: StoreRef; readonly rowId: number },
  { folder, uuid, format, runId }: NewImage,
): Promise<ImagePlace> {
  const name = `${uuid}.${runId.slice(-12)}.${format}`
  await announceObject(tx, { storeId: store.rowId, object: `${folder}/${name}`, runId, now: ctx.runtime.now() })
  return { storeId: store.storeId, folder, name }
}

/** Writes a file of the server to the place; nothing where that is in its own store, in which new images are made. */
export async function putImage(
  ctx: ServerContext,
  place: ImagePlace,
  path: string,
  digest: ImageDigest,
  signal: AbortSignal,
): Promise<void> {
  if (place.storeId === null) return
  await (await storeOf(ctx, place.storeId)).put(`${place.folder}/${place.name}`, path, digest, signal)
}

/** In the transaction in which a row names the place. */
export async function countImage(tx: Tx, place: ImagePlace): Promise<void> {
  const rowId = await rowOf(tx, place.storeId)
  if (rowId !== undefined) await forgetLeftover(tx, rowId, `${place.folder}/${place.name}`)
}

/** In the transaction in which a row ceases to name the place: the image goes as soon as its store can be reached. */
export async function abandonImage(tx: Tx, ctx: ServerContext, place: ImagePlace): Promise<void> {
  const rowId = await rowOf(tx, place.storeId)
  if (rowId !== undefined) await abandonObject(tx, rowId, `${place.folder}/${place.name}`, ctx.runtime.now())
}

/** Takes an abandoned image off its store now if it can be reached. */
export async function removeAbandoned(ctx: ServerContext, place: ImagePlace): Promise<void> {
  const rowId = await rowOf(ctx.db, place.storeId)
  if (rowId !== undefined) await removeLeftover(ctx, rowId, `${place.folder}/${place.name}`)
}

async function rowOf(db: Queries, storeId: StoreRef): Promise<number | undefined> {
  return storeId ?? (await findOwnStore(db))?.id
}
