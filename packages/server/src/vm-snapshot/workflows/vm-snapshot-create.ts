import { defineWorkflow, type RunFailure } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { runAtSite, type Site, undoSite } from '../../volume/index.ts'
import { placesOf, poolsOf } from '../snapshot-disks.ts'
import { moveVmSnapshot, requireVmSnapshot, setCurrent } from '../vm-snapshot.states.ts'

const cause = 'vm-snapshot.create'

/** Keeps the state of a VM's disks at one moment inside them, with `memory` that of its guest too. */
export type VmSnapshotInput = { readonly snapshotId: number; readonly site: Site; readonly memory: boolean }

export const vmSnapshotCreateWorkflow = defineWorkflow<ServerContext, VmSnapshotInput, Database>('vm-snapshot.create')
  .step('take', {
    do: async (s) => {
      const snapshot = await requireVmSnapshot(s.ctx.db, s.input.snapshotId)
      await runAtSite(s.ctx, s, s.input.site, 'vm.snapshot.create', {
        snapshotUuid: snapshot.uuid,
        disks: await placesOf(s.ctx.db, snapshot),
        memory: s.input.memory,
        ...(s.input.site.vm === null ? {} : { vm: s.input.site.vm }),
      })
      return { snapshotId: snapshot.id }
    },
    undo: async (s) => {
      const snapshot = await requireVmSnapshot(s.ctx.db, s.input.snapshotId)
      const [poolId] = await poolsOf(s.ctx.db, snapshot)
      // A guest of a host that was fenced is gone with it: any other host clears its disks.
      const site = poolId === undefined ? s.input.site : await undoSite(s.ctx, s.input.site, poolId)
      const call = {
        snapshotUuid: snapshot.uuid,
        disks: await placesOf(s.ctx.db, snapshot),
        ...(site.vm === null ? {} : { vm: site.vm }),
      }
      await runAtSite(s.ctx, s, site, 'vm.snapshot.remove', call, { part: `undo-${s.epoch}-${s.attempt}` })
    },
    deadlineMs: 3_600_000,
  })
  .onSucceeded(async (tx, s) => {
    const snapshot = await requireVmSnapshot(tx, s.input.snapshotId)
    await moveVmSnapshot(tx, s.ctx, snapshot, 'OperationSucceeded', { cause })
    await setCurrent(tx, snapshot.vm_id, snapshot.id)
  })
  .onFailed(async (tx, s, failure: RunFailure) => {
    if (failure.kind === 'preempted') return
    const { code, message } = failure
    const snapshot = await requireVmSnapshot(tx, s.input.snapshotId)
    await moveVmSnapshot(tx, s.ctx, snapshot, 'OperationFailed', { cause, evidence: { code, message } })
  })
  .build()
