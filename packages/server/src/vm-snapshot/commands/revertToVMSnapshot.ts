import { revertToVMSnapshot } from '@altostack/api'
import { volumeFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { requireVm, vmLock, vmView } from '../../vm/index.ts'
import { chooseSite, requireDiskVmState } from '../../volume/index.ts'
import { poolsOf } from '../snapshot-disks.ts'
import { moveVmSnapshot } from '../vm-snapshot.states.ts'
import { vmSnapshotRevertWorkflow } from '../workflows/vm-snapshot-revert.ts'

export const handler = defineHandler(revertToVMSnapshot, {
  submit: async ({ ctx, tx, entities }) => {
    const { vmsnapshotid: snapshot } = entities
    if (snapshot.state !== 'Ready') {
      throw volumeFailure('vm-snapshot.state', `VM snapshot ${snapshot.name} is ${snapshot.state}, not Ready`, {
        seen: snapshot.state,
      })
    }
    const vm = await requireVm(tx, snapshot.vm_id)
    requireDiskVmState(vm, 'a revert')
    const memory = snapshot.vm_snapshot_type === 'DiskAndMemory'
    if (memory !== (vm.state === 'Running')) {
      throw volumeFailure(
        'vm-snapshot.refused',
        memory
          ? `${vm.name} is stopped: a snapshot with memory is loaded into a running guest`
          : `${vm.name} runs: its disks are brought back while it is stopped`,
        {
          fix: memory ? 'Start it first.' : 'Stop it first.',
          entities: [{ uuid: vm.uuid, description: 'virtual machine' }],
        },
      )
    }
    const site = await chooseSite(tx, ctx, vm, await poolsOf(tx, snapshot))
    await moveVmSnapshot(tx, ctx, snapshot, 'RevertRequested', { cause: 'vm-snapshot.revert' })
    return {
      workflow: vmSnapshotRevertWorkflow,
      lockKey: vmLock(vm.id),
      instance: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
      owner: { accountId: vm.account_id, domainId: vm.domain_id },
      input: { snapshotId: snapshot.id, site, memory },
    }
  },
  result: async ({ db, entities }) => vmView(db, entities.vmsnapshotid.vm_id),
  eventText: ({ entities }) => `reverting to Vm snapshot: ${entities.vmsnapshotid.uuid}`,
})
