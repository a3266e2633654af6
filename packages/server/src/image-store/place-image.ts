import { AltoError } from '@altostack/core'
import type { Retry } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { storeForZone } from './image-store.repository.ts'
import { announceObject, forgetLeftover } from './leftover.repository.ts'
import type { ImageDigest } from './store-driver.ts'
import { storeOf } from './store-of.ts'
import { type ImageFolder, ownPath } from './stored-image.ts'

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

/**
 * Chooses the store of a new image and announces the object before it is written: of whatever becomes of the run, nothing
 * stays on the store unknown.
 */
export async function choosePlace(
  tx: Tx,
  ctx: ServerContext,
  image: {
    readonly folder: ImageFolder
    readonly uuid: string
    readonly format: string
    readonly sizeBytes: number
    /** Null: of every zone. */
    readonly zoneId: number | null
    readonly runId: string
  },
): Promise<ImagePlace> {
  const store = await storeForZone(tx, image.zoneId, image.sizeBytes)
  return await announcePlace(tx, ctx, store?.id ?? null, image)
}

/** The name of an image on a store: nobody else writes to it, so that it can be removed whatever happens beside. */
export async function announcePlace(
  tx: Tx,
  ctx: ServerContext,
  storeId: number | null,
  image: {
    readonly folder: ImageFolder
    readonly uuid: string
    readonly format: string
    readonly runId: string
  },
): Promise<ImagePlace> {
  const { folder, uuid, format, runId } = image
  if (storeId === null) return { storeId, folder, name: `${uuid}.${format}` }
  const name = `${uuid}.${runId.slice(-12)}.${format}`
  await announceObject(tx, { storeId, object: `${folder}/${name}`, runId, now: ctx.runtime.now() })
  return { storeId, folder, name }
}

/** Writes the image that the server has in its own store to the place; nothing where that is its own. */
export async function putImage(
  ctx: ServerContext,
  place: ImagePlace,
  ownName: string,
  digest: ImageDigest,
  signal: AbortSignal,
): Promise<void> {
  if (place.storeId === null) return
  const path = ownPath(ctx.dataDir, place.folder, ownName)
  await (await storeOf(ctx, place.storeId)).put(`${place.folder}/${place.name}`, path, digest, signal)
}

/** In the transaction in which a row names the place. */
export async function countImage(tx: Tx, place: ImagePlace): Promise<void> {
  if (place.storeId !== null) await forgetLeftover(tx, place.storeId, `${place.folder}/${place.name}`)
}
