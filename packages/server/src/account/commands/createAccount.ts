import { createAccount, mapEntries } from '@altostack/api'
import { Bug } from '@altostack/core'
import { hashPassword } from '../../auth/password.ts'
import { defineHandler } from '../../command/handler.ts'
import { findDomain, requireFreeUuid } from '../../domain/index.ts'
import { ensureDefaultGroup } from '../../security-group/index.ts'
import { insertUser, requireFreeUsername, requirePassword, requireUsername } from '../../user/index.ts'
import { requireNetworkDomain } from '../../zone/index.ts'
import { findAccount, insertAccount, setAccountDetails } from '../account.repository.ts'
import { requireAccountName, requireFreeAccountName, roleOfNewAccount, typeOfRole } from '../account.service.ts'
import { accountViews } from '../account.view.ts'

export const handler = defineHandler(createAccount, {
  eventText: ({ input }) => `creating account ${input.account ?? input.username}`,
  prepare: ({ ctx, input }) => hashPassword(requirePassword(input.password), ctx.runtime.randomBytes),
  async change({ tx, ctx, caller, input, entities, now, prepared }) {
    const domain = entities.domainid ?? (await findDomain(tx, caller.domainId))
    if (!domain || prepared === undefined) throw new Bug('createAccount has no domain or no hash')
    const role = await roleOfNewAccount(tx, caller, entities.roleid, input.accounttype)
    const name = requireAccountName(input.account ?? input.username)
    await requireFreeAccountName(tx, domain.id, name)
    const username = requireUsername(input.username)
    await requireFreeUsername(tx, domain.id, username)
    const id = await insertAccount(tx, {
      uuid:
        input.accountid === undefined
          ? ctx.runtime.uuid()
          : await requireFreeUuid(tx, 'account', 'accountid', input.accountid),
      account_name: name,
      type: typeOfRole(role),
      role_id: role.id,
      domain_id: domain.id,
      network_domain:
        input.networkdomain === undefined ? null : requireNetworkDomain('networkdomain', input.networkdomain),
      created: now,
    })
    await setAccountDetails(tx, id, mapEntries(input.accountdetails))
    await insertUser(tx, {
      uuid: input.userid === undefined ? ctx.runtime.uuid() : await requireFreeUuid(tx, 'user', 'userid', input.userid),
      username,
      password: prepared,
      account_id: id,
      firstname: input.firstname,
      lastname: input.lastname,
      email: input.email,
      timezone: input.timezone ?? null,
      created: now,
    })
    await ensureDefaultGroup(tx, ctx, { accountId: id, domainId: domain.id })
    const account = await findAccount(tx, id)
    return (await accountViews(tx, ctx, account ? [account] : []))[0] ?? {}
  },
})
