import type { UnmanagedGuest } from '@altostack/agent-api'
import { defineWorkflow, type StepScope } from '@altostack/workflow'
import { claimHostAsSeen } from '../../capacity/index.ts'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { requireHostRow } from '../../host/index.ts'
import { claimOfSize, moveVm, requireVm, vmToken } from '../../vm/index.ts'
import { callSite, type Site } from '../../volume/index.ts'
import { type ImportWish, removeImport, writeImport } from '../import-rows.ts'
import { refused } from '../imported-disks.ts'
import { findUnmanaged } from '../unmanaged.service.ts'

const cause = 'vm.import'
type Looked = { readonly site: Site; readonly guest: UnmanagedGuest }
type S = StepScope<ServerContext, ImportWish, object>

/**
 * Takes a guest under management. What a host says of it is the truth that the rows are written from; then the host marks
 * it as ours. A failure leaves it as it was, on its host and without a row.
 */
export const vmImportWorkflow = defineWorkflow<ServerContext, ImportWish, Database>('vm.import')
  .step('look', { do: (s) => look(s), deadlineMs: 60_000 })
  .transact('rows', {
    do: async (tx, s) => {
      const { site, guest } = s.out.look as Looked
      const host = await requireHostRow(tx, site.hostId)
      return await writeImport(tx, s.ctx, s.input, host, guest)
    },
    undo: async (tx, s) => await removeImport(tx, s.ctx, s.out.rows.vmId),
  })
  .step('adopt', {
    do: async (s) => {
      const { vmId, generation, files } = s.out.rows
      const vm = vmToken(await requireVm(s.ctx.db, vmId), generation)
      return await callSite(s.ctx, s, (s.out.look as Looked).site, 'vm.adopt', { vm, files })
    },
    undo: async (s) => {
      const { vmId, generation, files } = s.out.rows
      const vm = vmToken(await requireVm(s.ctx.db, vmId), generation)
      const part = `undo-${s.epoch}-${s.attempt}`
      await callSite(s.ctx, s, (s.out.look as Looked).site, 'vm.release', { vm, files, restore: true }, { part })
    },
    deadlineMs: 10 * 60_000,
  })
  .onSucceeded(async (tx, s) => {
    const { vmId } = s.out.rows
    const { power, vncPort } = s.out.adopt
    const { hostId } = (s.out.look as Looked).site
    const vm = await requireVm(tx, vmId)
    const { ctx } = s
    ctx.afterCommit(() => ctx.agents.acknowledge(hostId, [`${s.runId}/adopt`]))
    // The host's own report may have been faster.
    if (power !== 'PowerOn' || vm.state !== 'Stopped') return
    const claim = claimOfSize(vm)
    await claimHostAsSeen(tx, hostId, claim)
    await moveVm(tx, ctx, vm, 'FollowAgentPowerOnReport', {
      cause,
      set: {
        host_id: hostId,
        last_host_id: hostId,
        power_host: hostId,
        power_state: 'PowerOn',
        power_state_update_time: ctx.runtime.now(),
        vnc_port: vncPort ?? null,
        claimed_cpu: claim.cpu,
        claimed_memory: claim.memory,
        claimed_cores: claim.cores,
      },
    })
  })
  .build()

async function look({ ctx, input, signal }: S): Promise<Looked> {
  const found = await findUnmanaged(ctx, ctx.db, input.clusterId, input.name, signal)
  const [one, other] = found
  if (one === undefined) {
    throw refused(
      input,
      'no connected host of the cluster has an unmanaged guest of this name',
      'listUnmanagedInstances shows what there is.',
    )
  }
  if (other !== undefined) {
    throw refused(
      input,
      `both ${one.host.name} and ${other.host.name} have a guest of this name`,
      'Rename one of them with virsh domrename.',
    )
  }
  return { site: { hostId: one.host.id, incarnation: one.host.incarnation, vm: null }, guest: one.guest }
}
