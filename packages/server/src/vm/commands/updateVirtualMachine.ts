import { updateVirtualMachine } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { isUniqueViolation } from '../../db/errors.ts'
import { noteGuestNetwork } from '../../guest-network/index.ts'
import { ensureInstanceGroup } from '../../instance-group/index.ts'
import { changeGroups } from '../change-groups.ts'
import { chooseUserData, putGuestData } from '../guest-choices.ts'
import { replaceVmDetails, requireUnlocked, updateVmColumns, updateVmUuid } from '../vm.repository.ts'
import { requireVmState, type VirtualMachineColumns } from '../vm.states.ts'
import { vmView } from '../vm.view.ts'
import { requireFreeHostName, requireHostName } from '../vm-name.ts'
import { networksOfVm } from '../vm-networks.ts'

export const handler = defineHandler(updateVirtualMachine, {
  change: async ({ ctx, tx, caller, input, entities }) => {
    const { id: vm, ostypeid } = entities
    const needsStop =
      input.name !== undefined || ostypeid !== undefined || input.details !== undefined || input.cleanupdetails === true
    if (needsStop) {
      requireVmState(vm, ['Stopped'], 'changing its name, details or operating system type')
      await requireUnlocked(tx, vm)
    }
    const set: { -readonly [K in keyof VirtualMachineColumns]: VirtualMachineColumns[K] } = {}
    if (input.displayname !== undefined) set.display_name = input.displayname
    if (input.group !== undefined) {
      set.instance_group = input.group === '' ? null : input.group
      const owner = { accountId: vm.account_id, domainId: vm.domain_id }
      if (input.group !== '') await ensureInstanceGroup(tx, ctx, owner, input.group)
    }
    if (input.deleteprotection !== undefined) set.delete_protection = input.deleteprotection ? 1 : 0
    if (input.isdynamicallyscalable !== undefined) set.dynamically_scalable = input.isdynamicallyscalable ? 1 : 0
    if (ostypeid !== undefined) set.guest_os_id = ostypeid.id
    if (input.displayvm !== undefined) {
      if (!isRootAdmin(caller)) throw apiFailure('api.permission', 'Only root administrators change displayvm')
      set.display_vm = input.displayvm ? 1 : 0
    }
    if (input.userdata !== undefined || entities.userdataid !== undefined) {
      const chosen = await chooseUserData(tx, ctx, input, entities.userdataid, undefined)
      set.user_data = chosen.userData
      await putGuestData(tx, ctx, vm.id, {
        user_data_id: chosen.userDataId,
        user_data_details: chosen.userDataDetails,
      })
    }
    if (entities.securitygroupids !== undefined || input.securitygroupnames !== undefined) {
      requireVmState(vm, ['Stopped'], 'changing its security groups')
      await requireUnlocked(tx, vm)
      await changeGroups(tx, ctx, vm, entities.securitygroupids, input.securitygroupnames)
    }
    if (input.name !== undefined) {
      set.name = requireHostName(input.name)
      await requireFreeHostName(tx, input.name, await networksOfVm(tx, vm.id), vm.id)
      await noteGuestNetwork(tx, ctx, 'Vm', vm.id)
    }
    if (input.cleanupdetails === true) await replaceVmDetails(tx, vm.id, {})
    else if (input.details !== undefined) await replaceVmDetails(tx, vm.id, detailsOf(input.details))
    await updateVmColumns(tx, vm.id, set)
    if (input.customid !== undefined) {
      const uuid = input.customid.toLowerCase()
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) {
        throw apiFailure('api.parameter', `customid is not a UUID: ${input.customid}`)
      }
      // The uuid is the guest's identity on its host.
      requireVmState(vm, ['Stopped'], 'changing its id')
      try {
        await updateVmUuid(tx, vm.id, uuid)
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        throw apiFailure('api.parameter', `customid ${input.customid} is in use`, { cause: error })
      }
    }
    return await vmView(tx, vm.id)
  },
  eventText: ({ entities }) => `updating Vm. Vm Id: ${entities.id.uuid}`,
})

/** Both forms of the map: `details[0].a=1` and `details[0].key=a&details[0].value=1`. */
function detailsOf(items: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> {
  const details: Record<string, string> = {}
  for (const { key, value, ...rest } of items) {
    if (key !== undefined && value !== undefined) details[key] = value
    Object.assign(details, rest)
  }
  return details
}
