import { mapEntries, updateAccount } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { accessRules } from '../../auth/access-rules.ts'
import { defineHandler } from '../../command/handler.ts'
import { requireMayGive } from '../../role/index.ts'
import { requireNetworkDomain } from '../../zone/index.ts'
import { findAccount, findAccountByName, setAccountDetails, updateAccountColumns } from '../account.repository.ts'
import { requireAccountName, requireFreeAccountName, requireOwnAccount, typeOfRole } from '../account.service.ts'
import { accountViews } from '../account.view.ts'

export const handler = defineHandler(updateAccount, {
  async change({ tx, ctx, caller, input, entities }) {
    const named =
      input.account === undefined || !entities.domainid
        ? undefined
        : await findAccountByName(tx, entities.domainid.id, input.account)
    const account = entities.id ?? named
    if (!account) throw apiFailure('api.parameter', 'No such account: give id, or account together with domainid')
    if (!(await accessRules.Account.may(tx, caller, account, 'operate'))) {
      throw apiFailure('api.permission', 'The caller may not change this account')
    }
    const role = entities.roleid
    if (role && role.id !== account.role_id) {
      requireOwnAccount(account)
      await requireMayGive(tx, caller, role)
    }
    if (input.newname !== undefined && input.newname !== account.account_name) {
      requireOwnAccount(account)
      await requireFreeAccountName(tx, account.domain_id, requireAccountName(input.newname), account.id)
    }
    await updateAccountColumns(tx, account.id, {
      account_name: input.newname ?? account.account_name,
      network_domain:
        input.networkdomain === undefined
          ? account.network_domain
          : input.networkdomain === ''
            ? null
            : requireNetworkDomain('networkdomain', input.networkdomain),
      role_id: role?.id ?? account.role_id,
      type: role ? typeOfRole(role) : account.type,
      api_key_access: input.apikeyaccess ?? account.api_key_access,
    })
    await setAccountDetails(tx, account.id, mapEntries(input.accountdetails))
    ctx.afterCommit(() => ctx.roleRules.forget())
    const updated = await findAccount(tx, account.id)
    return (await accountViews(tx, ctx, updated ? [updated] : []))[0] ?? {}
  },
})
