import { deleteVMSnapshot } from '@altostack/api'
import { volumeFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { requireVm, vmLock } from '../../vm/index.ts'
import { chooseSite, requireDiskVmState } from '../../volume/index.ts'
import { poolsOf } from '../snapshot-disks.ts'
import { moveVmSnapshot } from '../vm-snapshot.states.ts'
import { vmSnapshotDeleteWorkflow } from '../workflows/vm-snapshot-delete.ts'

export const handler = defineHandler(deleteVMSnapshot, {
  submit: async ({ ctx, tx, entities }) => {
    const { vmsnapshotid: snapshot } = entities
    if (snapshot.state !== 'Ready' && snapshot.state !== 'Error') {
      throw volumeFailure('vm-snapshot.state', `VM snapshot ${snapshot.name} is ${snapshot.state}`, {
        seen: snapshot.state,
      })
    }
    const vm = await requireVm(tx, snapshot.vm_id)
    requireDiskVmState(vm, 'deleting a VM snapshot')
    const site = await chooseSite(tx, ctx, vm, await poolsOf(tx, snapshot))
    await moveVmSnapshot(tx, ctx, snapshot, 'ExpungeRequested', { cause: 'vm-snapshot.delete' })
    return {
      workflow: vmSnapshotDeleteWorkflow,
      lockKey: vmLock(vm.id),
      instance: { type: 'VMSnapshot', id: snapshot.id, uuid: snapshot.uuid },
      owner: { accountId: snapshot.account_id, domainId: snapshot.domain_id },
      input: { snapshotId: snapshot.id, site, memory: false },
    }
  },
  result: async () => undefined,
  eventText: ({ entities }) => `deleting Vm snapshot: ${entities.vmsnapshotid.uuid}`,
})
