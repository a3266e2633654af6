import { removeNicFromVirtualMachine } from '@altostack/api'
import { virtualMachineFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { requireNicOf, submitNics } from '../nic-change.ts'
import { vmView } from '../vm.view.ts'

export const handler = defineHandler(removeNicFromVirtualMachine, {
  eventText: ({ entities }) => `removing a NIC from Vm. Vm Id: ${entities.virtualmachineid.uuid}`,
  submit: async ({ entities }) => {
    const { virtualmachineid: vm, nicid: nic } = entities
    requireNicOf(vm, nic, 'removing a NIC')
    if (nic.default_nic === 1) {
      throw virtualMachineFailure('virtual-machine.network', `The NIC is the default one of ${vm.name}: it stays`, {
        fix: 'Make another NIC the default one first: updateDefaultNicForVirtualMachine.',
        entities: [{ uuid: nic.uuid, description: 'NIC' }],
      })
    }
    return submitNics(vm, { nicId: nic.id, change: 'unplug' })
  },
  result: async ({ db, entities }) => vmView(db, entities.virtualmachineid.id),
})
