import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { storageFailure } from '@altostack/core'
import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database, Queries } from '../../db/database.ts'
import { hashFile } from '../../template/examine-image.ts'
import { findStore, refTo, roomOn } from '../image-store.repository.ts'
import {
  changePlace,
  findImageRow,
  type ImageKind,
  type ImageRow,
  zonesOfImage,
} from '../images-on-stores.repository.ts'
import { abandonImage, announcePlace, countImage, putImage, storeRetry } from '../place-image.ts'
import { fetchStored, ownPath } from '../stored-image.ts'

const hour = 3_600_000

/**
 * Moves one image to another store: copied, compared with its SHA-256, then its row names the new place in the transaction
 * that abandons the old one. Hosts and downloads that are reading it go on at the new place.
 */
export type ImageMoveInput = {
  readonly kind: ImageKind
  readonly id: number
  /** Rows of image_store. */
  readonly fromRowId: number
  readonly toRowId: number
  /** Run that waits for this one. */
  readonly parentRunId: string | null
}

export const imageMoveWorkflow = defineWorkflow<ServerContext, ImageMoveInput, Database>('image.move')
  .transact('choose', {
    do: async (tx, s) => {
      const { kind, id, toRowId } = s.input
      const { image, name, sha256 } = await requireMovable(tx, s.input)
      const to = (await findStore(tx, toRowId))!
      const { folder, uuid, sizeBytes } = image
      const format = extname(name).slice(1)
      const target = { storeId: refTo(to), rowId: to.id }
      const place = await announcePlace(tx, s.ctx, target, { folder, uuid, format, runId: s.runId })
      return { kind, id, folder, from: { storeId: image.storeId, name }, to: place, sizeBytes, sha256 }
    },
  })
  .step('fetch', {
    when: (s) => s.out.choose.from.storeId !== null,
    retry: storeRetry,
    do: async (s) => {
      const { from, folder, sizeBytes, sha256 } = s.out.choose
      const path = passingPath(s.ctx, s.runId)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await requireRoom(s.ctx, sizeBytes)
      await fetchStored(s.ctx, { storeId: from.storeId, folder, name: from.name, sizeBytes }, path, s.signal)
      await compare(path, sha256, s.signal)
    },
    undo: async (s) => await rm(passingPath(s.ctx, s.runId), { force: true }),
    deadlineMs: 24 * hour,
  })
  .step('put', {
    retry: storeRetry,
    // No undo: the object was announced, and goes as soon as its store can be reached.
    do: async (s) => {
      const { from, to, folder, sizeBytes, sha256 } = s.out.choose
      const source = from.storeId === null ? ownPath(s.ctx.dataDir, folder, from.name) : passingPath(s.ctx, s.runId)
      if (to.storeId === null) return await keep(source, ownPath(s.ctx.dataDir, folder, to.name))
      if (from.storeId === null) await compare(source, sha256, s.signal)
      await putImage(s.ctx, to, source, { sizeBytes, sha256 }, s.signal)
    },
    deadlineMs: 24 * hour,
  })
  .step('tidy', {
    when: (s) => s.out.choose.from.storeId !== null,
    do: async (s) => await rm(passingPath(s.ctx, s.runId), { force: true }),
  })
  .transact('turn', {
    do: async (tx, s) => {
      const { from, to, folder } = s.out.choose
      const changed = await changePlace(tx, s.input, from, to, s.ctx.runtime.now())
      if (!changed) throw storageFailure('image-store.move', 'The image was deleted or moved meanwhile')
      await countImage(tx, to)
      await abandonImage(tx, s.ctx, { ...from, folder })
    },
  })
  .finally(async (_tx, s) => {
    const { parentRunId } = s.input
    if (parentRunId !== null) s.ctx.afterCommit(() => s.ctx.engine.wake(parentRunId))
  })
  .build()

/** At most one run an image: what moves is not deleted meanwhile, where that is a run as well. */
export function imageLock(image: Pick<ImageRow, 'kind' | 'id'>): string {
  return `${image.kind === 'volume' ? 'image-of-volume' : image.kind}:${image.id}`
}

/** Throws unless the image is whole on the first store and may go to the second. */
export async function requireMovable(
  db: Queries,
  move: Omit<ImageMoveInput, 'parentRunId'>,
): Promise<{ readonly image: ImageRow; readonly name: string; readonly sha256: string }> {
  const from = await findStore(db, move.fromRowId)
  const to = await findStore(db, move.toRowId)
  const image = await findImageRow(db, move.kind, move.id)
  const fail = (text: string, seen?: string): Error =>
    storageFailure('image-store.move', text, {
      ...(seen === undefined ? {} : { seen }),
      ...(image === undefined ? {} : { entities: [{ uuid: image.uuid, description: image.kind }] }),
    })
  if (from === undefined || to === undefined || to.removed !== null) throw fail('The image store was deleted meanwhile')
  if (image === undefined) throw fail('The image was deleted meanwhile')
  const what = `${image.kind} ${image.name}`
  if (image.storeId !== refTo(from)) throw fail(`${what} is not on image store ${from.name}`)
  if (image.path === null || image.sha256 === null) throw fail(`${what} has no whole image yet`)
  if (from.id === to.id) throw fail(`${what} is on image store ${to.name} already`)
  if (to.read_only === 1) throw fail(`Image store ${to.name} is read-only`)
  const zones = await zonesOfImage(db, image.kind, image.id)
  if (to.data_center_id !== null && zones.length > 0 && !zones.includes(to.data_center_id)) {
    throw fail(`Image store ${to.name} serves a zone in which ${what} is not`)
  }
  const room = await roomOn(db, to)
  if (room < image.sizeBytes) {
    throw fail(`Image store ${to.name} has too little room for ${what}`, `${room} of ${image.sizeBytes} bytes`)
  }
  return { image, name: image.path, sha256: image.sha256 }
}

/** Where an image is between two stores that are not the server's. */
function passingPath(ctx: ServerContext, runId: string): string {
  return join(ctx.dataDir, 'passing', runId)
}

async function requireRoom(ctx: ServerContext, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(ctx.dataDir)
  if (bavail * bsize >= bytes) return
  throw storageFailure('image-store.full', 'The management server has no room for an image on its way', {
    seen: `${bavail * bsize} bytes free, ${bytes} needed`,
  })
}

async function compare(path: string, sha256: string, signal: AbortSignal): Promise<void> {
  const seen = (await hashFile(path, ['sha256'], signal)).get('sha256')
  if (seen === sha256) return
  throw storageFailure('image-store.changed', 'The image is not what was stored', {
    seen: `sha256 ${seen} instead of ${sha256}`,
    fix: 'It stays where it is. Restore it there, or delete it.',
  })
}

/** Gives a compared file its name, durably. Repeatable. */
async function keep(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  await rename(source, target).catch(async (error) => {
    if ((await stat(target).catch(() => undefined)) === undefined) throw error
  })
  const directory = await open(dirname(target), 'r')
  await directory.sync().finally(() => directory.close())
}
