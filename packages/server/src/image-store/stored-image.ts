import { createReadStream, createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AltoError, errorText, storageFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { storeOf } from './store-of.ts'

/** Directories of the server's own store, and first part of an object's name on others. */
export type ImageFolder = 'images' | 'snapshots' | 'volumes' | 'exports'

/** Those that hold images of rows, on every store. */
export const imageFolders = ['images', 'snapshots', 'volumes'] as const satisfies readonly ImageFolder[]

/** A checked image as it is kept. */
export type StoredImage = {
  /** Null: the server's own store. */
  readonly storeId: number | null
  readonly folder: ImageFolder
  readonly name: string
  readonly sizeBytes: number
}

export function ownPath(dataDir: string, folder: ImageFolder, name: string): string {
  return join(dataDir, folder, name)
}

/** Bytes `start` to `end`, both included. The stream fails when the image is not what its row says. */
export async function openStored(
  ctx: ServerContext,
  image: StoredImage,
  range: { readonly start: number; readonly end: number },
): Promise<Readable> {
  if (image.storeId !== null) {
    return await (await storeOf(ctx, image.storeId)).open(`${image.folder}/${image.name}`, range)
  }
  const path = ownPath(ctx.dataDir, image.folder, image.name)
  await stat(path)
  return createReadStream(path, range)
}

/** Brings an image from its store into a file, durably. Whoever calls compares it with its digest. */
export async function fetchStored(
  ctx: ServerContext,
  image: StoredImage,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const body = await openStored(ctx, image, { start: 0, end: image.sizeBytes - 1 })
  try {
    await pipeline(body, createWriteStream(path, { mode: 0o600, flush: true }), { signal })
  } catch (error) {
    await rm(path, { force: true })
    if (error instanceof AltoError || signal.aborted) throw error
    const full = (error as NodeJS.ErrnoException).code === 'ENOSPC'
    throw storageFailure(
      full ? 'image-store.full' : 'image-store.unreachable',
      full ? 'The management server has no room for the image' : 'The image could not be read from its store',
      { seen: errorText(error) },
    )
  }
}
