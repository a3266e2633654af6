import { AltoError } from '@altostack/core'
import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { vmDetails } from '../../vm/vm.repository.ts'
import { requireVolume } from '../volume.repository.ts'
import { releaseVolume } from '../volume.service.ts'
import { diskSpecOf, placeOf } from '../volume-calls.ts'
import { callSite, runAtSite, type Site } from '../volume-site.ts'

/**
 * Detaches a volume from its VM. The volume stays Ready and the VM's until the guest has let go of the disk; a failure
 * plugs it in again, in case the guest obeyed after all.
 */
export type VolumeDetachInput = {
  readonly volumeId: number
  readonly vmId: number
  /** The running guest's host; null when nothing runs that could have it open. */
  readonly site: Site | null
  readonly timeoutMs: number
}

export const volumeDetachWorkflow = defineWorkflow<ServerContext, VolumeDetachInput, Database>('volume.detach')
  .step('unplug', {
    when: (s) => s.input.site !== null,
    do: async (s) => {
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      const { pool } = await placeOf(s.ctx.db, volume)
      await runAtSite(s.ctx, s, s.input.site!, 'volume.detach', {
        vm: s.input.site!.vm!,
        pool,
        volumeUuid: volume.uuid,
        timeoutMs: s.input.timeoutMs,
      })
    },
    undo: async (s) => {
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      const details = (await vmDetails(s.ctx.db, [s.input.vmId])).get(s.input.vmId) ?? {}
      const disk = await diskSpecOf(s.ctx.db, volume, details)
      try {
        await callSite(s.ctx, s, s.input.site!, 'volume.attach', { vm: s.input.site!.vm!, disk }, { part: 'undo' })
      } catch (error) {
        // Guest or host are gone: the next start gives it the disk again.
        if (!(error instanceof AltoError) || !['vm.absent', 'volume.host-lost'].includes(error.code)) throw error
      }
    },
    uncancellable: true,
    deadlineMs: 30 * 60_000,
  })
  // Named for the job's result.
  .transact('given', { do: async (_tx, s) => ({ volumeId: s.input.volumeId }) })
  .onSucceeded(async (tx, s) => {
    await releaseVolume(tx, s.ctx, await requireVolume(tx, s.input.volumeId))
  })
  .build()
