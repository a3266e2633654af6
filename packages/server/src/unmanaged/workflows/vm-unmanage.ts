import { defineWorkflow } from '@altostack/workflow'
import { releasePool } from '../../capacity/index.ts'
import type { ServerContext } from '../../context.ts'
import type { Database, Tx } from '../../db/database.ts'
import { requireHostRow } from '../../host/index.ts'
import { releaseNics } from '../../network/index.ts'
import { moveVm, releaseClaims, requireVm, updateVmUuid, vmSpec, vmToken } from '../../vm/index.ts'
import { callSite, holdsSpace, type Site, unmanageVolume, volumesOfVm } from '../../volume/index.ts'

const cause = 'vm.unmanage'

/** `runs`: the guest runs there; else its definition goes there. */
export type UnmanageInput = { readonly vmId: number; readonly site: Site; readonly runs: boolean }

/**
 * Lets go of a VM: first its host has it as a guest of its own, then its rows end. Their ids are given up, so that no
 * clean-up takes the files for those of volumes that are gone, and so that the guest may come back by an import.
 */
export const vmUnmanageWorkflow = defineWorkflow<ServerContext, UnmanageInput, Database>('vm.unmanage')
  .step('release', {
    do: async (s) => {
      const { ctx, input } = s
      const vm = await requireVm(ctx.db, input.vmId)
      const spec = input.runs ? {} : { spec: await vmSpec(ctx.db, ctx, vm) }
      const call = { vm: vmToken(vm, vm.generation), restore: false, files: [], ...spec }
      const { defined } = await callSite(ctx, s, input.site, 'vm.release', call)
      const host = await requireHostRow(ctx.db, input.site.hostId)
      // The answer is read when the row has given up its id.
      return { defined, name: vm.instance_name, hostId: host.uuid }
    },
    undo: async (s) => {
      const { ctx, input } = s
      const vm = await requireVm(ctx.db, input.vmId)
      const part = `undo-${s.epoch}-${s.attempt}`
      const call = { vm: vmToken(vm, vm.generation), files: [] }
      await callSite(ctx, s, input.site, 'vm.adopt', call, { part }).catch((error: { readonly code?: string }) => {
        // Nothing was defined yet.
        if (input.runs || error.code !== 'vm.absent') throw error
      })
    },
    uncancellable: true,
    deadlineMs: 10 * 60_000,
  })
  .onSucceeded(async (tx, s) => {
    await forget(tx, s.ctx, s.input.vmId)
    const { ctx } = s
    const { hostId } = s.input.site
    ctx.afterCommit(() => ctx.agents.acknowledge(hostId, [`${s.runId}/release`]))
  })
  .build()

async function forget(tx: Tx, ctx: ServerContext, vmId: number): Promise<void> {
  const now = ctx.runtime.now()
  for (const volume of await volumesOfVm(tx, vmId)) {
    if (holdsSpace(volume) && volume.pool_id !== null) await releasePool(tx, volume.pool_id, volume.size)
    await unmanageVolume(tx, volume, ctx.runtime.uuid(), now)
  }
  await releaseNics(tx, vmId, now)
  const vm = await requireVm(tx, vmId)
  const claims = await releaseClaims(tx, vm)
  const set = { ...claims, power_host: null, vnc_port: null }
  const stopped = vm.state === 'Running' ? await moveVm(tx, ctx, vm, 'FollowAgentPowerOffReport', { cause, set }) : vm
  const going = await moveVm(tx, ctx, stopped, 'ExpungeOperation', { cause, set: claims })
  await moveVm(tx, ctx, going, 'OperationSucceeded', { cause, set: { removed: now, run_id: null } })
  await updateVmUuid(tx, vmId, ctx.runtime.uuid())
}
