import type { accountResponse, ResponseValue } from '@altostack/api'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { domainNames, placeNames } from '../inventory/index.ts'
import { usersOfAccounts, userViews } from '../user/index.ts'
import { type Account, accountDetails, vmCounts } from './account.repository.ts'
import { accountTypes } from './account.service.ts'
import { defaultLimits, resourceFields } from './resource-fields.ts'
import { ownLimits, resourceUse } from './resource-use.repository.ts'

export async function accountViews(
  db: Queries,
  ctx: ServerContext,
  accounts: readonly Account[],
  /** Whether to count what each account uses. */
  { counted } = { counted: true },
): Promise<ResponseValue<typeof accountResponse>[]> {
  const ids = accounts.map((account) => account.id)
  const domains = await domainNames(
    db,
    accounts.map((account) => account.domain_id),
  )
  const zones = await placeNames(
    db,
    'data_center',
    accounts.map((account) => account.default_zone_id),
  )
  const roleIds = [...new Set(accounts.map((account) => account.role_id))]
  const roles =
    roleIds.length === 0 ? [] : await db.selectFrom('roles').selectAll().where('id', 'in', roleIds).execute()
  const users = await usersOfAccounts(db, ids)
  const userAnswers = await userViews(db, users)
  const details = await accountDetails(db, ids)
  const counts = counted ? await vmCounts(db, ids) : undefined
  const use = counted && ids.length > 0 ? await resourceUse(db, 'account_id', { accountIds: ids }) : undefined
  const own = await ownLimits(db, 'account_id', counted ? ids : [])
  const defaults = await defaultLimits(ctx, 'account', db)
  return accounts.map((account): ResponseValue<typeof accountResponse> => {
    const domain = domains.get(account.domain_id)
    const role = roles.find((candidate) => candidate.id === account.role_id)
    const vms = counts && (counts.get(account.id) ?? { running: 0, stopped: 0 })
    const limits = account.type === accountTypes.Admin ? undefined : { own: own.get(account.id), defaults }
    return {
      id: account.uuid,
      name: account.account_name,
      accounttype: account.type,
      roleid: role?.uuid,
      roletype: role?.role_type,
      rolename: role?.name,
      domainid: domain?.uuid,
      domain: domain?.name,
      domainpath: domain?.path,
      defaultzoneid: account.default_zone_id === null ? undefined : zones.get(account.default_zone_id)?.uuid,
      ...(counted ? resourceFields(use?.get(account.id), limits) : {}),
      vmrunning: vms?.running,
      vmstopped: vms?.stopped,
      state: account.state,
      iscleanuprequired: false,
      created: account.created,
      networkdomain: account.network_domain,
      accountdetails: details.get(account.id),
      isdefault: account.is_default === 1,
      apikeyaccess: account.api_key_access,
      user: userAnswers.filter((_, index) => users[index]?.account_id === account.id),
    }
  })
}
