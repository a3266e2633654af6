import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorText, volumeFailure } from '@altostack/core'
import { uploadPath } from '../agents/uploads.ts'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { hashFile } from '../template/examine-image.ts'

/** What a host says of the image that it made. */
export type TakenImage = { readonly sizeBytes: number; readonly virtualSizeBytes: number; readonly sha256: string }

export function snapshotPath(dataDir: string, name: string): string {
  return join(dataDir, 'snapshots', name)
}
export function snapshotName(uuid: string): string {
  return `${uuid}.qcow2`
}

/** From now on the host may send the image. */
export async function expectUpload(
  tx: Tx,
  ctx: ServerContext,
  upload: { readonly uuid: string; readonly hostId: number; readonly sizeBytes: number; readonly runId: string },
): Promise<void> {
  await tx.deleteFrom('image_upload').where('uuid', '=', upload.uuid).execute()
  await tx
    .insertInto('image_upload')
    .values({
      uuid: upload.uuid,
      host_id: upload.hostId,
      size: upload.sizeBytes,
      run_id: upload.runId,
      created: ctx.runtime.now(),
    })
    .execute()
}

export async function endUpload(tx: Tx, uuid: string): Promise<void> {
  await tx.deleteFrom('image_upload').where('uuid', '=', uuid).execute()
}

/** Throws before anything is sent when the store has no room. */
export async function requireStoreSpace(ctx: ServerContext, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(ctx.dataDir)
  if (bavail * bsize >= bytes) return
  throw volumeFailure('snapshot.store', 'The image store of the server has too little space', {
    seen: `${bavail * bsize} bytes free, ${bytes} needed`,
  })
}

/**
 * Checks an image that has arrived against what its host recorded and gives it its name in the store, durably. Repeatable:
 * what has its name already was checked before it got it.
 */
export async function keepUpload(
  ctx: ServerContext,
  uuid: string,
  target: string,
  image: TakenImage,
  signal: AbortSignal,
): Promise<void> {
  const part = uploadPath(ctx.dataDir, uuid)
  if ((await sizeOf(part)) === undefined && (await sizeOf(target)) === image.sizeBytes) return
  const size = (await sizeOf(part)) ?? 0
  const seen = size === image.sizeBytes ? (await hashFile(part, ['sha256'], signal)).get('sha256') : undefined
  if (seen !== image.sha256) {
    await rm(part, { force: true })
    throw volumeFailure('snapshot.image', 'The image arrived changed', {
      seen: `${size} bytes, sha256 ${seen ?? 'not asked'}; the host recorded ${image.sizeBytes} bytes, ${image.sha256}`,
    })
  }
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  await syncFile(part)
  await rename(part, target)
  await syncFile(dirname(target))
}

/** Removes every trace of an image from the store. */
export async function forgetImage(ctx: ServerContext, uuid: string, target: string): Promise<void> {
  await rm(uploadPath(ctx.dataDir, uuid), { force: true })
  await rm(target, { force: true })
}

async function sizeOf(path: string): Promise<number | undefined> {
  return await stat(path).then(
    (info) => info.size,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw volumeFailure('snapshot.image', `The image store cannot be read: ${errorText(error)}`)
    },
  )
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
