import { defineWorkflow, type RunFailure } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { runAtSite } from '../../volume/index.ts'
import { placesOf } from '../snapshot-disks.ts'
import { moveVmSnapshot, requireVmSnapshot, setCurrent } from '../vm-snapshot.states.ts'
import type { VmSnapshotInput } from './vm-snapshot-create.ts'

const cause = 'vm-snapshot.revert'

/** Brings a VM back to a snapshot; that cannot be taken back, and doing it again leads to the same moment. */
export const vmSnapshotRevertWorkflow = defineWorkflow<ServerContext, VmSnapshotInput, Database>('vm-snapshot.revert')
  .step('revert', {
    do: async (s) => {
      const snapshot = await requireVmSnapshot(s.ctx.db, s.input.snapshotId)
      await runAtSite(s.ctx, s, s.input.site, 'vm.snapshot.revert', {
        snapshotUuid: snapshot.uuid,
        disks: await placesOf(s.ctx.db, snapshot),
        memory: s.input.memory,
        ...(s.input.site.vm === null ? {} : { vm: s.input.site.vm }),
      })
    },
    uncancellable: true,
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
