import { volumeFailure } from '@altostack/core'
import type { Caller } from '../command/caller.ts'
import type { Submission } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Tx } from '../db/database.ts'
import { endVolume } from './volume.service.ts'
import { moveVolume, type Volume } from './volume.states.ts'
import { requireVolumeState } from './volume-rules.ts'
import { chooseSite, type Site } from './volume-site.ts'
import { volumeRemoveWorkflow } from './workflows/volume-remove.ts'

/** States of an upload in which nothing is under way. */
const fileless = ['NotUploaded', 'UploadAbandoned', 'UploadError', 'Uploaded'] as const

/** Throws unless the volume is detached and not protected. */
export function requireRemovable(volume: Volume): void {
  const entities = [{ uuid: volume.uuid, description: 'volume' }]
  if (volume.instance_id !== null) {
    throw volumeFailure('volume.attached', `Volume ${volume.name} is attached to a virtual machine`, { entities })
  }
  if (volume.delete_protection === 1) {
    throw volumeFailure('volume.protected', `Volume ${volume.name} is protected from deletion`, { entities })
  }
  requireVolumeState(volume, [...fileless, 'Ready', 'Allocated', 'Destroy'], 'deleting it')
}

/** Throws unless the caller may expunge and recover: users only where the account's setting allows it. */
export async function requireVolumeExpungeRight(ctx: ServerContext, db: Queries, caller: Caller): Promise<void> {
  if (caller.roleType !== 'User') return
  if (await ctx.config.flag('allow.user.expunge.recover.volume', { accountId: caller.accountId }, db)) return
  throw volumeFailure('volume.recover-permission', 'Only administrators expunge or recover volumes here', {
    seen: 'allow.user.expunge.recover.volume is false for the account',
  })
}

/** Into the bin. */
export async function throwAway(tx: Tx, ctx: ServerContext, volume: Volume, cause: string): Promise<Volume> {
  if (volume.state === 'Destroy') return volume
  return await moveVolume(tx, ctx, volume, 'DestroyRequested', { cause })
}

/**
 * Begins to remove a volume for good. One without a file is gone with this transaction; what a run has to do for the
 * others is answered.
 */
export async function beginRemove(
  tx: Tx,
  ctx: ServerContext,
  volume: Volume,
  cause: string,
): Promise<{ readonly volumeId: number; readonly site: Site } | undefined> {
  await tx.deleteFrom('snapshot_policy').where('volume_id', '=', volume.id).execute()
  if (volume.pool_id === null) {
    await endVolume(tx, ctx, volume, cause)
    return undefined
  }
  const site = await chooseSite(tx, ctx, undefined, [volume.pool_id])
  const thrown = await throwAway(tx, ctx, volume, cause)
  await moveVolume(tx, ctx, thrown, 'ExpungingRequested', { cause })
  return { volumeId: volume.id, site }
}

/** The same as a command's submission. */
export async function submitRemove(tx: Tx, ctx: ServerContext, volume: Volume): Promise<Submission> {
  const input = await beginRemove(tx, ctx, volume, 'volume.delete')
  return {
    workflow: volumeRemoveWorkflow,
    lockKey: `volume:${volume.id}`,
    instance: { type: 'Volume', id: volume.id, uuid: volume.uuid },
    input: input ?? { volumeId: volume.id, site: null },
  }
}
