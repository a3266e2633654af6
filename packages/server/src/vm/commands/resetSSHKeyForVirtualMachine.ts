import { resetSSHKeyForVirtualMachine } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { namedKeyPairs } from '../../ssh-key-pair/index.ts'
import { keyNames, requireGuestPassword } from '../guest-choices.ts'
import { isPasswordEnabled, resetPassword } from '../reset-password.ts'
import { vmView } from '../vm.view.ts'

export const handler = defineHandler(resetSSHKeyForVirtualMachine, {
  async change({ ctx, tx, caller, input, entities }) {
    const { id: vm } = entities
    const names = keyNames(input)
    if (names.length === 0) throw apiFailure('api.parameter', 'Neither keypair nor keypairs names a key pair')
    const owner = await resolveOwner(tx, caller, input.account, entities.domainid)
    if (input.account !== undefined && owner.accountId !== vm.account_id) {
      throw apiFailure('api.parameter', `Virtual machine ${vm.name} does not belong to account ${input.account}`)
    }
    const pairs = await namedKeyPairs(tx, vm.account_id, names)
    const password = (await isPasswordEnabled(tx, vm)) ? requireGuestPassword(ctx, undefined) : undefined
    await resetPassword(tx, ctx, vm, password, pairs)
    return { ...(await vmView(tx, vm.id)), ...(password === undefined ? {} : { password }) }
  },
  eventText: ({ entities }) => `resetting SSHKey for Vm. Vm Id: ${entities.id.uuid}`,
})
