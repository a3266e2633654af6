import { defineWorkflow } from '@altostack/workflow'
import { releaseReservation } from '../../capacity/index.ts'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { endVolume, expungeVolumes, releaseVolume, requireVolume, throwAway } from '../../volume/index.ts'
import { endGuestOnHost, findPower, settleFailedEnd } from '../end-guest.ts'
import { endVm, removeDiskFiles } from '../expunge-steps.ts'
import { requireVm, updateVmColumns } from '../vm.repository.ts'
import { moveVm } from '../vm.states.ts'
import { claimOf, reserveClaims } from '../vm-claims.ts'

const cause = 'vm.destroy'

/**
 * Destroys a VM: ends its guest (the command has moved a running one to Stopping), then Destroyed; with `expunge` its
 * root disk, addresses and row go at once. Data disks are detached; those in `volumeIds` go into the bin, or for good. A VM in Error goes straight to Expunging, as its state table says.
 */
export type DestroyInput = {
  readonly vmId: number
  readonly hostId: number | null
  readonly graceMs: number
  readonly expunge: boolean
  /** Data disks that go with it. */
  readonly volumeIds?: readonly number[]
}

export const vmDestroyWorkflow = defineWorkflow<ServerContext, DestroyInput, Database>('vm.destroy')
  .step('stop', {
    when: (s) => s.input.hostId !== null,
    do: async (s) => {
      const vm = await requireVm(s.ctx.db, s.input.vmId)
      await endGuestOnHost(s.ctx, s, vm, s.input.hostId!, s.input.graceMs)
    },
    undo: (s) => findPower(s.ctx, s.input.vmId, s.input.hostId!),
    uncancellable: true,
    deadlineMs: 2 * 3_600_000,
  })
  .transact('destroy', {
    do: async (tx, s) => {
      const { ctx, input } = s
      let vm = await requireVm(tx, input.vmId)
      if (vm.state === 'Stopping') {
        vm = await moveVm(tx, ctx, vm, 'OperationSucceeded', {
          cause,
          set: { ...(await reserveClaims(tx, vm)), power_state: 'PowerOff', vnc_port: null },
        })
      }
      if (vm.state === 'Stopped') {
        if (vm.reserved_host_id !== null) await releaseReservation(tx, vm.reserved_host_id, claimOf(vm))
        vm = await moveVm(tx, ctx, vm, 'DestroyRequested', {
          cause,
          set: { destroyed: ctx.runtime.now(), reserved_host_id: null },
        })
      }
      if (vm.state === 'Error') vm = await moveVm(tx, ctx, vm, 'DestroyRequested', { cause })
      if (vm.state === 'Destroyed' && input.expunge) vm = await moveVm(tx, ctx, vm, 'ExpungeOperation', { cause })
      for (const id of input.volumeIds ?? []) {
        const volume = await requireVolume(tx, id)
        if (volume.instance_id !== vm.id) continue
        await releaseVolume(tx, ctx, volume)
        if (volume.pool_id === null) await endVolume(tx, ctx, { ...volume, instance_id: null }, cause)
        else await throwAway(tx, ctx, volume, cause)
      }
      return { expunging: vm.state === 'Expunging' }
    },
  })
  .step('disks', {
    when: (s) => s.out.destroy.expunging,
    do: (s) => removeDiskFiles(s.ctx, s, s.input.vmId),
    uncancellable: true,
    deadlineMs: 3_600_000,
  })
  .onSucceeded(async (tx, s) => {
    const { ctx, input } = s
    if (s.out.destroy.expunging) await endVm(tx, ctx, input.vmId, cause)
    else await updateVmColumns(tx, input.vmId, { run_id: null })
    if (input.expunge) await expungeVolumes(tx, ctx, input.volumeIds ?? [])
    if (input.hostId !== null) ctx.afterCommit(() => ctx.agents.acknowledge(input.hostId!, [`${s.runId}/stop`]))
  })
  .onFailed(async (tx, s, failure) => {
    if (failure.kind === 'preempted') return
    const vm = await requireVm(tx, s.input.vmId)
    const { code, message } = failure
    if (vm.state === 'Stopping') return await settleFailedEnd(tx, s.ctx, vm.id, cause, failure)
    if (vm.state !== 'Expunging') return
    await moveVm(tx, s.ctx, vm, 'OperationFailed', { cause, evidence: { code, message }, set: { run_id: null } })
  })
  .build()
