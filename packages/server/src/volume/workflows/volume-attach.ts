import { defineWorkflow, type RunFailure } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { vmDetails } from '../../vm/vm.repository.ts'
import { uploadedImage } from '../uploaded-image.ts'
import { requireVolume, updateVolumeColumns } from '../volume.repository.ts'
import { abandonCreate, endCreate } from '../volume.service.ts'
import { moveVolume } from '../volume.states.ts'
import { diskSpecOf, placeOf } from '../volume-calls.ts'
import { callSite, runAtSite, type Site, throttled, undoSite } from '../volume-site.ts'

const cause = 'volume.attach'
/** How long the undo of a plug waits for the guest in one call. */
const unplugMs = 30_000

/**
 * Attaches a volume that its command has given to the VM: Attaching when it has a file, Creating when its pool was only
 * just claimed. A running guest gets the disk plugged in; a stopped one finds it at its next start.
 */
export type VolumeAttachInput = {
  readonly volumeId: number
  readonly vmId: number
  /** The running guest's host, or one that makes the file; null for a stopped VM whose disk has a file, or gets it at the next start. */
  readonly site: Site | null
  /** The file is made first. */
  readonly create: boolean
  /** Of the image that was uploaded. */
  readonly fetch?: boolean
}

export const volumeAttachWorkflow = defineWorkflow<ServerContext, VolumeAttachInput, Database>('volume.attach')
  .step('file', {
    when: (s) => s.input.create,
    do: async (s) => {
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      const { pool, format } = await placeOf(s.ctx.db, volume)
      if (s.input.fetch === true) {
        const image = await uploadedImage(s.ctx.db, volume)
        const made = { uuid: volume.uuid, sizeBytes: volume.size, format }
        const file = await runAtSite(
          s.ctx,
          s,
          s.input.site!,
          'volume.fetch',
          { pool, volume: made, image },
          throttled(s),
        )
        return { ...(file as { sizeBytes: number; physicalBytes: number }), path: volume.uuid }
      }
      return await callSite(s.ctx, s, s.input.site!, 'volume.create', {
        pool,
        volume: { uuid: volume.uuid, sizeBytes: volume.size, format },
      })
    },
    undo: async (s) => {
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      const site = await undoSite(s.ctx, s.input.site!, volume.pool_id!)
      const { pool } = await placeOf(s.ctx.db, volume)
      await callSite(s.ctx, s, site, 'volume.remove', { pool, volumeUuid: volume.uuid }, { part: 'undo' })
    },
    deadlineMs: 24 * 3_600_000,
  })
  .step('plug', {
    when: (s) => (s.input.site?.vm ?? null) !== null,
    do: async (s) => {
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      const details = (await vmDetails(s.ctx.db, [s.input.vmId])).get(s.input.vmId) ?? {}
      const disk = await diskSpecOf(s.ctx.db, volume, details)
      return await callSite(s.ctx, s, s.input.site!, 'volume.attach', { vm: s.input.site!.vm!, disk })
    },
    undo: async (s) => {
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      const { pool } = await placeOf(s.ctx.db, volume)
      // A host that was fenced has no guest any more.
      const site = await undoSite(s.ctx, s.input.site!, volume.pool_id!)
      if (site.hostId !== s.input.site!.hostId) return
      await runAtSite(
        s.ctx,
        s,
        site,
        'volume.detach',
        { vm: site.vm!, pool, volumeUuid: volume.uuid, timeoutMs: unplugMs },
        { part: `undo-${s.epoch}-${s.attempt}` },
      )
    },
    undoRetry: { attempts: 20, firstMs: 5000, maxMs: 60_000 },
    deadlineMs: 15 * 60_000,
  })
  // Named for the job's result.
  .transact('given', { do: async (_tx, s) => ({ volumeId: s.input.volumeId }) })
  .onSucceeded(async (tx, s) => {
    const { ctx, input } = s
    let volume = await requireVolume(tx, input.volumeId)
    if (s.out.file !== undefined) {
      await endCreate(tx, ctx, volume, s.out.file, cause)
      volume = await requireVolume(tx, input.volumeId)
    }
    const set = { attached: ctx.runtime.now() }
    if (volume.state === 'Attaching') await moveVolume(tx, ctx, volume, 'OperationSucceeded', { cause, set })
    else await updateVolumeColumns(tx, volume.id, set)
  })
  .onFailed(async (tx, s, failure: RunFailure) => {
    if (failure.kind === 'preempted') return
    const volume = await requireVolume(tx, s.input.volumeId)
    const set = { instance_id: null, device_id: null, attached: null }
    if (volume.state === 'Attaching') await moveVolume(tx, s.ctx, volume, 'OperationFailed', { cause, set })
    else {
      await abandonCreate(tx, s.ctx, volume, cause)
      await updateVolumeColumns(tx, volume.id, set)
    }
  })
  .build()
