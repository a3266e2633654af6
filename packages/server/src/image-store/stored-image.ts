import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { ServerContext } from '../context.ts'
import { storeOf } from './store-of.ts'

/** Directories of the server's own store, and first part of an object's name on others. */
export type ImageFolder = 'images' | 'snapshots' | 'volumes' | 'exports'

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
