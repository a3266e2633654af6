import { recoverVirtualMachine } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireExpungeRight } from '../caller-rights.ts'
import { requireUnlocked } from '../vm.repository.ts'
import { moveVm, requireVmState } from '../vm.states.ts'
import { vmView } from '../vm.view.ts'

export const handler = defineHandler(recoverVirtualMachine, {
  change: async ({ ctx, tx, caller, entities }) => {
    const { id: vm } = entities
    await requireExpungeRight(ctx, tx, caller)
    requireVmState(vm, ['Destroyed'], 'a recovery')
    await requireUnlocked(tx, vm)
    await moveVm(tx, ctx, vm, 'RecoveryRequested', { cause: 'vm.recover', set: { destroyed: null } })
    return await vmView(tx, vm.id)
  },
  plan: async ({ entities }) => ({ moves: [{ entity: entities.id.uuid, from: 'Destroyed', to: 'Stopped' }] }),
  eventText: ({ entities }) => `recovering Vm. Vm Id: ${entities.id.uuid}`,
})
