import { defineWorkflow, type RunFailure } from '@altostack/workflow'
import { claimPoolAsSeen, releasePool } from '../../capacity/index.ts'
import type { ServerContext } from '../../context.ts'
import type { Database, Tx } from '../../db/database.ts'
import { findDiskOffering, ioLimitsOf } from '../../offering/index.ts'
import { requireVolume, updateVolumeColumns } from '../volume.repository.ts'
import { moveVolume, type Volume } from '../volume.states.ts'
import { placeOf } from '../volume-calls.ts'
import { callSite, type Site } from '../volume-site.ts'

const cause = 'volume.resize'

/**
 * Changes size and offering of a volume that its command moved to Resizing; what it grows by is claimed already. A disk
 * that has grown cannot shrink again under its guest: a failure finds out its size and saves that.
 */
export type VolumeResizeInput = {
  readonly volumeId: number
  readonly site: Site
  readonly fromBytes: number
  readonly toBytes: number
  readonly shrink: boolean
  readonly fromOfferingId: number | null
  readonly toOfferingId: number | null
}

export const volumeResizeWorkflow = defineWorkflow<ServerContext, VolumeResizeInput, Database>('volume.resize')
  .step('resize', {
    when: (s) => s.input.fromBytes !== s.input.toBytes,
    do: async (s) => {
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      const { sizeBytes, physicalBytes } = await callSite(s.ctx, s, s.input.site, 'volume.resize', {
        volume: await placeOf(s.ctx.db, volume),
        sizeBytes: s.input.toBytes,
        shrink: s.input.shrink,
        ...(s.input.site.vm === null ? {} : { vm: s.input.site.vm }),
      })
      return { sizeBytes, physicalBytes }
    },
    undo: async (s) => {
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      const { pool, volumeUuid } = await placeOf(s.ctx.db, volume)
      const { present, sizeBytes } = await callSite(s.ctx, s, s.input.site, 'volume.stat', { pool, volumeUuid })
      if (!present || sizeBytes === volume.size) return
      // Compared first, so that a repeat changes nothing.
      await updateVolumeColumns(s.ctx.db, volume.id, { size: sizeBytes })
    },
    uncancellable: true,
    deadlineMs: 30 * 60_000,
  })
  .step('tune', {
    when: (s) => s.input.site.vm !== null && s.input.fromOfferingId !== s.input.toOfferingId,
    do: (s) => tune(s.ctx, s, s.input, s.input.toOfferingId),
    undo: (s) => tune(s.ctx, s, s.input, s.input.fromOfferingId, `undo-${s.attempt}`),
    deadlineMs: 15 * 60_000,
  })
  .onSucceeded(async (tx, s) => {
    const volume = await requireVolume(tx, s.input.volumeId)
    await settleClaim(tx, volume, s.input, s.input.toBytes)
    await moveVolume(tx, s.ctx, volume, 'OperationSucceeded', {
      cause,
      set: {
        size: s.input.toBytes,
        disk_offering_id: s.input.toOfferingId,
        ...(s.out.resize === undefined ? {} : { physical_size: s.out.resize.physicalBytes }),
      },
    })
  })
  .onFailed(async (tx, s, failure: RunFailure) => {
    if (failure.kind === 'preempted') return
    const volume = await requireVolume(tx, s.input.volumeId)
    await settleClaim(tx, volume, s.input, volume.size)
    await moveVolume(tx, s.ctx, volume, 'OperationFailed', { cause })
  })
  .build()

type StepLike = Parameters<typeof callSite>[1]

async function tune(
  ctx: ServerContext,
  s: StepLike,
  input: VolumeResizeInput,
  offeringId: number | null,
  part?: string,
): Promise<void> {
  const volume = await requireVolume(ctx.db, input.volumeId)
  const { pool, volumeUuid } = await placeOf(ctx.db, volume)
  const offering = offeringId === null ? undefined : await findDiskOffering(ctx.db, offeringId)
  const call = { vm: input.site.vm!, pool, volumeUuid, limits: ioLimitsOf(offering) }
  await callSite(ctx, s, input.site, 'volume.tune', call, part === undefined ? {} : { part })
}

/** While it lasts the larger of both sizes is claimed; then what the disk really has. */
async function settleClaim(tx: Tx, volume: Volume, input: VolumeResizeInput, bytes: number): Promise<void> {
  const claimed = Math.max(input.fromBytes, input.toBytes)
  if (volume.pool_id === null || claimed === bytes) return
  if (claimed > bytes) await releasePool(tx, volume.pool_id, claimed - bytes)
  else await claimPoolAsSeen(tx, volume.pool_id, bytes - claimed)
}
