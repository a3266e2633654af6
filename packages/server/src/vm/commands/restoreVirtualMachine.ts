import { restoreVirtualMachine } from '@altostack/api'
import { Bug } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { requireVolumeExpungeRight } from '../../volume/index.ts'
import { mayUseDisabled } from '../caller-rights.ts'
import { waitingPassword } from '../guest-choices.ts'
import { readRestore } from '../restore-request.ts'
import { vmLock } from '../vm.repository.ts'
import { moveVm, requireVmState } from '../vm.states.ts'
import { vmView } from '../vm.view.ts'
import { vmRestoreWorkflow } from '../workflows/vm-restore.ts'

export const handler = defineHandler(restoreVirtualMachine, {
  eventText: ({ entities }) => `restoring Vm ${entities.virtualmachineid.name}`,
  async submit({ tx, ctx, caller, input, entities }) {
    const { virtualmachineid: vm } = entities
    requireVmState(vm, ['Running', 'Stopped'], 'restoring it')
    if (input.expunge === true) await requireVolumeExpungeRight(ctx, tx, caller)
    const root = await readRestore(tx, ctx, { input, entities })
    const runs = vm.state === 'Running'
    if (runs && vm.host_id === null) throw new Bug('a running virtual machine has no host', { vm: vm.uuid })
    if (runs) await moveVm(tx, ctx, vm, 'StopRequested', { cause: 'vm.restore' })
    return {
      workflow: vmRestoreWorkflow,
      lockKey: vmLock(vm.id),
      instance: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
      owner: { accountId: vm.account_id, domainId: vm.domain_id },
      input: {
        vmId: vm.id,
        first: false,
        considerLastHost: true,
        allowDisabled: await mayUseDisabled(ctx, tx, caller),
        root,
        endOn: runs ? vm.host_id : null,
        // What is on its disk goes: there is nothing to save.
        graceMs: 0,
      },
    }
  },
  async result({ ctx, db, entities }) {
    const { id } = entities.virtualmachineid
    const password = await waitingPassword(db, ctx, id)
    return { ...(await vmView(db, id)), ...(password === undefined ? {} : { password }) }
  },
})
