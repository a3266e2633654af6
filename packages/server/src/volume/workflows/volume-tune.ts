import { AltoError } from '@altostack/core'
import { defineWorkflow, RetryLater } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { findDiskOffering, ioLimitsOf } from '../../offering/index.ts'
import { findVm } from '../../vm/vm.repository.ts'
import { requireVolume } from '../volume.repository.ts'
import { placeOf } from '../volume-calls.ts'
import { callSite, chooseSite } from '../volume-site.ts'

/**
 * Brings the limits of a running guest's disk in line with its offering. It holds no lock, so that it goes on beside
 * whatever is done with the VM: it asks where the guest is at each attempt, and is content when it no longer runs.
 */
export const volumeTuneWorkflow = defineWorkflow<ServerContext, { readonly volumeId: number }, Database>('volume.tune')
  .step('tune', {
    do: async (s) => {
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      if (volume.removed !== null || volume.instance_id === null || volume.pool_id === null) return
      const vm = await findVm(s.ctx.db, volume.instance_id)
      if (vm?.state === 'Migrating') throw new RetryLater(undefined, `${vm.name} is being moved`)
      if (vm?.state !== 'Running') return
      const site = await chooseSite(s.ctx.db, s.ctx, vm, [])
      const offering =
        volume.disk_offering_id === null ? undefined : await findDiskOffering(s.ctx.db, volume.disk_offering_id)
      const { pool, volumeUuid } = await placeOf(s.ctx.db, volume)
      const call = { vm: site.vm!, pool, volumeUuid, limits: ioLimitsOf(offering) }
      try {
        await callSite(s.ctx, s, site, 'volume.tune', call, { part: `${site.hostId}-${s.attempt}` })
      } catch (error) {
        if (!(error instanceof AltoError) || !moved.includes(error.code)) throw error
        throw new RetryLater(undefined, error.message)
      }
    },
    deadlineMs: 10 * 60_000,
  })
  .build()

/** The guest, or its disk, has gone elsewhere since the rows were read. */
const moved: readonly string[] = ['vm.absent', 'volume.absent', 'agent.stale-token', 'volume.host-lost']
