import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { volumeFailure } from '@altostack/core'
import { defineWorkflow, type RunFailure } from '@altostack/workflow'
import { requireAccount } from '../../account/account.repository.ts'
import { requireWithinLimits } from '../../account/resource-limits.ts'
import type { ServerContext } from '../../context.ts'
import type { Database, Tx } from '../../db/database.ts'
import { choosePlace, countImage, ownPath, putImage, storeRetry } from '../../image-store/index.ts'
import { bringImage, checkImage, isWorthAnotherTry } from '../../template/bring-image.ts'
import { findUpload, updateUpload } from '../upload.repository.ts'
import { requireVolume } from '../volume.repository.ts'
import { endVolume } from '../volume.service.ts'
import { moveVolume } from '../volume.states.ts'

const cause = 'volume.upload'
const gib = 1024 ** 3

/**
 * Brings the image of an uploaded volume, which its command moved to UploadOp, onto the image store: fetched from its url,
 * or sent by its owner already. A failure leaves neither image nor volume.
 */
export type VolumeUploadInput = {
  readonly volumeId: number
  readonly volumeUuid: string
  /** Its owner has sent the image: it waits to be examined. */
  readonly sent: boolean
}

/** Where the image of a volume is while it comes, and afterwards. */
export function uploadPaths(ctx: ServerContext, uuid: string): { readonly part: string; readonly kept: string } {
  return {
    part: ownPath(ctx.dataDir, 'volumes', `${uuid}.part`),
    kept: ownPath(ctx.dataDir, 'volumes', `${uuid}.qcow2`),
  }
}

export async function forgetUploadFiles(ctx: ServerContext, uuid: string): Promise<void> {
  const { part, kept } = uploadPaths(ctx, uuid)
  for (const path of [part, `${part}.source`, kept]) await rm(path, { force: true })
}

export const volumeUploadWorkflow = defineWorkflow<ServerContext, VolumeUploadInput, Database>('volume.upload')
  .transact('begin', {
    do: async (_tx, s) => ({ startedAt: s.ctx.runtime.now(), volumeId: s.input.volumeId }),
  })
  .step('fetch', {
    when: (s) => !s.input.sent,
    retry: { attempts: 4, firstMs: 2000, when: isWorthAnotherTry },
    do: async (s) => {
      const ref = await requireUpload(s.ctx.db, s.input.volumeId)
      return await bringImage(s.ctx, {
        url: ref.url ?? '',
        path: uploadPaths(s.ctx, s.input.volumeUuid).part,
        maxBytes: await maxBytes(s.ctx),
        startedAt: s.out.begin.startedAt,
        signal: s.signal,
        onProgress: () => undefined,
      })
    },
    undo: (s) => forgetUploadFiles(s.ctx, s.input.volumeUuid),
    deadlineMs: 24 * 3_600_000,
  })
  .step('examine', {
    do: async (s) => {
      const { checksum } = await requireUpload(s.ctx.db, s.input.volumeId)
      const { part } = uploadPaths(s.ctx, s.input.volumeUuid)
      const wanted = { format: 'qcow2' as const, checksum, maxVirtualBytes: await maxBytes(s.ctx) }
      return await checkImage(s.ctx, part, wanted, s.signal)
    },
    undo: (s) => forgetUploadFiles(s.ctx, s.input.volumeUuid),
    deadlineMs: 6 * 3_600_000,
  })
  .step('keep', {
    do: async (s) => {
      const { part, kept } = uploadPaths(s.ctx, s.input.volumeUuid)
      await mkdir(dirname(kept), { recursive: true, mode: 0o700 })
      await rename(part, kept).catch(async (error) => {
        // After a crash between the rename and its saving the file is where it shall be.
        if ((await stat(kept).catch(() => undefined)) === undefined) throw error
      })
    },
    undo: (s) => forgetUploadFiles(s.ctx, s.input.volumeUuid),
  })
  .transact('choose', {
    do: async (tx, s) => {
      const volume = await requireVolume(tx, s.input.volumeId)
      return await choosePlace(tx, s.ctx, {
        folder: 'volumes',
        uuid: s.input.volumeUuid,
        format: 'qcow2',
        sizeBytes: s.out.examine.physicalSize,
        zoneId: volume.data_center_id,
        runId: s.runId,
      })
    },
  })
  .step('store', {
    when: (s) => s.out.choose.storeId !== null,
    retry: storeRetry,
    do: async (s) => {
      const { physicalSize: sizeBytes, sha256 } = s.out.examine
      const { kept } = uploadPaths(s.ctx, s.input.volumeUuid)
      await putImage(s.ctx, s.out.choose, kept, { sizeBytes, sha256 }, s.signal)
    },
    deadlineMs: 24 * 3_600_000,
  })
  .step('tidy', {
    when: (s) => s.out.choose.storeId !== null,
    do: (s) => forgetUploadFiles(s.ctx, s.input.volumeUuid),
  })
  .transact('uploaded', {
    do: async (tx, s) => {
      const volume = await requireVolume(tx, s.input.volumeId)
      const image = s.out.examine
      const account = await requireAccount(tx, volume.account_id)
      // Only now is it known how much it takes.
      await requireWithinLimits(tx, s.ctx, account, { diskBytes: image.virtualSize })
      await updateUpload(tx, volume.id, {
        download_state: 'DOWNLOADED',
        download_pct: 100,
        size: image.virtualSize,
        physical_size: image.physicalSize,
        sha256: image.sha256,
        store_id: s.out.choose.storeId,
        install_path: s.out.choose.name,
        last_updated: s.ctx.runtime.now(),
      })
      await countImage(tx, s.out.choose)
      await moveVolume(tx, s.ctx, volume, 'OperationSucceeded', {
        cause,
        evidence: { bytes: image.physicalSize, sha256: image.sha256 },
        set: { size: image.virtualSize, physical_size: image.physicalSize },
      })
    },
  })
  .onFailed(async (tx, s, failure: RunFailure) => {
    if (failure.kind === 'preempted') return
    const volume = await requireVolume(tx, s.input.volumeId)
    if (volume.removed !== null) return
    const { code, message } = failure
    if (volume.state === 'UploadOp') {
      await moveVolume(tx, s.ctx, volume, 'OperationFailed', { cause, evidence: { code, message } })
    }
    await updateUpload(tx, volume.id, {
      download_state: 'DOWNLOAD_ERROR',
      error_str: message.slice(0, 1024),
      last_updated: s.ctx.runtime.now(),
    })
    // Whoever waits for the job hears why; whoever sent the image reads it in the list.
    if (!s.input.sent) await endVolume(tx, s.ctx, await requireVolume(tx, volume.id), cause)
  })
  .build()

async function maxBytes(ctx: ServerContext): Promise<number> {
  return (await ctx.config.number('storage.max.volume.upload.size')) * gib
}

async function requireUpload(db: Tx | ServerContext['db'], volumeId: number) {
  const ref = await findUpload(db, volumeId)
  if (ref === undefined) throw volumeFailure('volume.state', 'The volume was deleted meanwhile')
  return ref
}
