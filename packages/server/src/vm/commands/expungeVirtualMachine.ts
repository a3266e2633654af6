import { expungeVirtualMachine } from '@altostack/api'
import { virtualMachineFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { requireExpungeRight } from '../caller-rights.ts'
import { vmLock } from '../vm.repository.ts'
import { moveVm, requireVmState } from '../vm.states.ts'
import { vmExpungeWorkflow } from '../workflows/vm-expunge.ts'

export const handler = defineHandler(expungeVirtualMachine, {
  submit: async ({ ctx, tx, caller, entities }) => {
    const { id: vm } = entities
    await requireExpungeRight(ctx, tx, caller)
    requireVmState(vm, ['Destroyed', 'Expunging', 'Error'], 'expunging it')
    if (vm.delete_protection === 1) {
      throw virtualMachineFailure('virtual-machine.protected', `Virtual machine ${vm.name} is protected from deletion`)
    }
    await moveVm(tx, ctx, vm, 'ExpungeOperation', { cause: 'vm.expunge' })
    return {
      workflow: vmExpungeWorkflow,
      lockKey: vmLock(vm.id),
      instance: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
      input: { vmId: vm.id },
    }
  },
  plan: async ({ entities }) => ({ moves: [{ entity: entities.id.uuid, from: entities.id.state, to: 'Expunged' }] }),
  result: async () => undefined,
  eventText: ({ entities }) => `Expunging Vm. Vm Id: ${entities.id.uuid}`,
})
