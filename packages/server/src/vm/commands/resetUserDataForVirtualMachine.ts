import { resetUserDataForVirtualMachine } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { chooseUserData, putGuestData } from '../guest-choices.ts'
import { requireUnlocked, templateOfVm, updateVmColumns } from '../vm.repository.ts'
import { requireVmState } from '../vm.states.ts'
import { vmView } from '../vm.view.ts'

export const handler = defineHandler(resetUserDataForVirtualMachine, {
  async change({ ctx, tx, caller, input, entities }) {
    const { id: vm } = entities
    const owner = await resolveOwner(tx, caller, input.account, entities.domainid)
    if (input.account !== undefined && owner.accountId !== vm.account_id) {
      throw apiFailure('api.parameter', `Virtual machine ${vm.name} does not belong to account ${input.account}`)
    }
    requireVmState(vm, ['Stopped'], 'resetting its user data')
    await requireUnlocked(tx, vm)
    const chosen = await chooseUserData(tx, ctx, input, entities.userdataid, await templateOfVm(tx, vm))
    await updateVmColumns(tx, vm.id, { user_data: chosen.userData })
    await putGuestData(tx, ctx, vm.id, { user_data_id: chosen.userDataId, user_data_details: chosen.userDataDetails })
    return await vmView(tx, vm.id)
  },
  eventText: ({ entities }) => `resetting user data for Vm. Vm Id: ${entities.id.uuid}`,
})
