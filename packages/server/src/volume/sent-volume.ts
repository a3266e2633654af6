import { volumeFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { requireVolume } from './volume.repository.ts'
import { moveVolume } from './volume.states.ts'
import { volumeLock } from './volume-lock.ts'
import { volumeUploadWorkflow } from './workflows/volume-upload.ts'

/** Its owner has sent the image of an announced volume: it is examined as a fetched one is. */
export async function startSentVolume(tx: Tx, ctx: ServerContext, volumeId: number): Promise<void> {
  const volume = await requireVolume(tx, volumeId)
  if (volume.state !== 'NotUploaded' || volume.removed !== null) {
    throw volumeFailure('volume.state', `Volume ${volume.name} is ${volume.state}`, { seen: volume.state })
  }
  await moveVolume(tx, ctx, volume, 'UploadRequested', { cause: 'volume.upload' })
  const input = { volumeId, volumeUuid: volume.uuid, sent: true }
  const runId = await ctx.engine.start(tx, volumeUploadWorkflow, input, { lockKey: volumeLock(volume) })
  ctx.afterCommit(() => ctx.engine.kick(runId))
}

/** The image never came. The volume stays, so that its owner sees what became of it. */
export async function abandonVolume(tx: Tx, ctx: ServerContext, volumeId: number): Promise<void> {
  const volume = await requireVolume(tx, volumeId)
  if (volume.state === 'NotUploaded') {
    await moveVolume(tx, ctx, volume, 'OperationTimeout', { cause: 'volume.upload' })
  }
}
