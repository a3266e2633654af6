import { apiFailure } from '@altostack/core'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { Queries, Row } from '../db/database.ts'

export type Owner = {
  readonly accountId: number
  readonly accountUuid: string
  readonly accountName: string
  readonly domainId: number
  readonly domainPath: string
}

/**
 * The account that will own a new object: the caller's, or the one that `account` and `domainid` name together. Errors:
 * 431 for `account` alone or an unknown one; 531 when the caller may not act for it.
 */
export async function resolveOwner(
  db: Queries,
  caller: Caller,
  account: string | undefined,
  domain: Row<'domain'> | undefined,
  /** `anyState`: what it has is shown or taken away, so the account need not be enabled. */
  { anyState } = { anyState: false },
): Promise<Owner> {
  if (account === undefined) {
    return {
      accountId: caller.accountId,
      accountUuid: caller.accountUuid,
      accountName: caller.accountName,
      domainId: caller.domainId,
      domainPath: caller.domainPath,
    }
  }
  if (domain === undefined) throw apiFailure('api.parameter', 'account is given together with domainid')
  const row = await db
    .selectFrom('account')
    .selectAll()
    .where('account_name', '=', account)
    .where('domain_id', '=', domain.id)
    .where('removed', 'is', null)
    .executeTakeFirst()
  if (!row) throw apiFailure('api.parameter', `No account ${account} in domain ${domain.path}`, { seen: account })
  if (row.id !== caller.accountId && !mayActFor(caller, domain)) {
    throw apiFailure('api.permission', `Account ${caller.accountName} may not act for ${account}`)
  }
  if (row.state !== 'enabled' && !anyState) {
    throw apiFailure('api.permission', `Account ${account} is ${row.state}`, { fix: 'Enable the account first.' })
  }
  return {
    accountId: row.id,
    accountUuid: row.uuid,
    accountName: row.account_name,
    domainId: domain.id,
    domainPath: domain.path,
  }
}

function mayActFor(caller: Caller, domain: Row<'domain'>): boolean {
  if (isRootAdmin(caller)) return true
  return caller.roleType === 'DomainAdmin' && domain.path.startsWith(caller.domainPath)
}
