import type { ResponseValue, userResponse } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { domainNames } from '../inventory/index.ts'
import type { User } from './user.repository.ts'

export type UserView = ResponseValue<typeof userResponse>

/** Users as answers. The secret key is never among them; getUserKeys and registerUserKeys give it. */
export async function userViews(db: Queries, users: readonly User[]): Promise<UserView[]> {
  const accountIds = [...new Set(users.map((user) => user.account_id))]
  const accounts =
    accountIds.length === 0
      ? []
      : await db
          .selectFrom('account')
          .leftJoin('roles', 'roles.id', 'account.role_id')
          .selectAll('account')
          .select(['roles.uuid as roleUuid', 'roles.name as roleName', 'roles.role_type as roleType'])
          .where('account.id', 'in', accountIds)
          .execute()
  const domains = await domainNames(
    db,
    accounts.map((account) => account.domain_id),
  )
  return users.map((user): UserView => {
    const account = accounts.find((candidate) => candidate.id === user.account_id)
    const domain = account && domains.get(account.domain_id)
    return {
      id: user.uuid,
      username: user.username,
      firstname: user.firstname,
      lastname: user.lastname,
      email: user.email,
      created: user.created,
      state: user.state,
      account: account?.account_name,
      accountid: account?.uuid,
      accounttype: account?.type,
      usersource: user.source,
      roleid: account?.roleUuid,
      roletype: account?.roleType,
      rolename: account?.roleName,
      domainid: domain?.uuid,
      domain: domain?.name,
      timezone: user.timezone,
      apikey: user.api_key,
      isdefault: user.is_default === 1,
      apikeyaccess: user.api_key_access,
    }
  })
}
