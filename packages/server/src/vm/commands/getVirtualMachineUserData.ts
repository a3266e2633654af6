import { getVirtualMachineUserData } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'

export const handler = defineHandler(getVirtualMachineUserData, {
  async read({ entities }) {
    const { virtualmachineid: vm } = entities
    return { virtualmachineid: vm.uuid, userdata: vm.user_data ?? '' }
  },
})
