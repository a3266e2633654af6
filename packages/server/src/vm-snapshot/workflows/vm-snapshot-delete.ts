import { defineWorkflow, type RunFailure } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { runAtSite } from '../../volume/index.ts'
import { placesOf } from '../snapshot-disks.ts'
import { passOnChildren } from '../vm-snapshot.repository.ts'
import { moveVmSnapshot, requireVmSnapshot, setCurrent } from '../vm-snapshot.states.ts'
import type { VmSnapshotInput } from './vm-snapshot-create.ts'

const cause = 'vm-snapshot.delete'

/** Removes a snapshot from a VM's disks; the disks themselves do not change. What fails is deleted again later. */
export const vmSnapshotDeleteWorkflow = defineWorkflow<ServerContext, VmSnapshotInput, Database>('vm-snapshot.delete')
  .step('remove', {
    do: async (s) => {
      const snapshot = await requireVmSnapshot(s.ctx.db, s.input.snapshotId)
      await runAtSite(s.ctx, s, s.input.site, 'vm.snapshot.remove', {
        snapshotUuid: snapshot.uuid,
        disks: await placesOf(s.ctx.db, snapshot),
        ...(s.input.site.vm === null ? {} : { vm: s.input.site.vm }),
      })
    },
    uncancellable: true,
    deadlineMs: 3_600_000,
  })
  .onSucceeded(async (tx, s) => {
    const { ctx } = s
    const snapshot = await requireVmSnapshot(tx, s.input.snapshotId)
    await passOnChildren(tx, snapshot)
    if (snapshot.current === 1) await setCurrent(tx, snapshot.vm_id, snapshot.parent)
    await moveVmSnapshot(tx, ctx, snapshot, 'OperationSucceeded', {
      cause,
      set: { removed: ctx.runtime.now(), current: 0 },
    })
  })
  .onFailed(async (tx, s, failure: RunFailure) => {
    if (failure.kind === 'preempted') return
    const { code, message } = failure
    const snapshot = await requireVmSnapshot(tx, s.input.snapshotId)
    await moveVmSnapshot(tx, s.ctx, snapshot, 'OperationFailed', { cause, evidence: { code, message } })
  })
  .build()
