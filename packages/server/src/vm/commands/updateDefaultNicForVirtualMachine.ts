import { updateDefaultNicForVirtualMachine } from '@altostack/api'
import { virtualMachineFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { nicsOf, updateNic } from '../../network/index.ts'
import { requireNicOf } from '../nic-change.ts'
import { requireUnlocked } from '../vm.repository.ts'
import { vmView } from '../vm.view.ts'

export const handler = defineHandler(updateDefaultNicForVirtualMachine, {
  eventText: ({ entities }) => `changing the default NIC of Vm. Vm Id: ${entities.virtualmachineid.uuid}`,
  change: async ({ tx, entities }) => {
    const { virtualmachineid: vm, nicid: nic } = entities
    requireNicOf(vm, nic, 'changing its default NIC')
    await requireUnlocked(tx, vm)
    if (nic.default_nic === 1) {
      throw virtualMachineFailure('virtual-machine.network', `The NIC is the default one of ${vm.name} already`, {
        entities: [{ uuid: nic.uuid, description: 'NIC' }],
      })
    }
    for (const one of (await nicsOf(tx, [vm.id])).get(vm.id) ?? []) {
      await updateNic(tx, one.id, { default_nic: one.id === nic.id ? 1 : 0 })
    }
    return await vmView(tx, vm.id)
  },
})
