import { accountFailure, apiFailure } from '@altostack/core'
import { accessRules } from '../auth/access-rules.ts'
import type { Caller } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { endSessions, usersOfAccounts } from '../user/index.ts'
import { type Account, findAccount, findAccountByName, updateAccountColumns } from './account.repository.ts'
import { requireOwnAccount } from './account.service.ts'

export type AccountState = 'enabled' | 'disabled' | 'locked'

type Named = {
  readonly id?: Row<'account'> | undefined
  readonly account?: string | undefined
  readonly domain?: Row<'domain'> | undefined
}

/** The account that is named by id, or by name and domain, and that the caller may change. Throws 431 and 531. */
export async function requireNamedAccount(tx: Tx, caller: Caller, named: Named): Promise<Account> {
  const byName =
    named.account === undefined || named.domain === undefined
      ? undefined
      : await findAccountByName(tx, named.domain.id, named.account)
  const account = named.id ?? byName
  if (!account) throw apiFailure('api.parameter', 'No such account: give id, or account together with domainid')
  if (!(await accessRules.Account.may(tx, caller, account, 'operate'))) {
    throw apiFailure('api.permission', 'The caller may not change this account')
  }
  return account
}

/** Enables, disables or locks an account; sessions of one that is not enabled end. Throws 431 for built-in ones and one's own. */
export async function setAccountState(
  tx: Tx,
  ctx: ServerContext,
  caller: Caller,
  account: Account,
  state: AccountState,
): Promise<Account> {
  if (state !== 'enabled') {
    requireOwnAccount(account)
    if (account.id === caller.accountId) {
      throw apiFailure('api.permission', 'Nobody disables or locks his own account')
    }
    if (state === 'locked' && account.state === 'disabled') {
      throw accountFailure('account.state', `Account ${account.account_name} is disabled, so it cannot be locked`)
    }
    const users = await usersOfAccounts(tx, [account.id])
    await endSessions(
      tx,
      users.map((user) => user.id),
    )
  }
  await updateAccountColumns(tx, account.id, { state })
  ctx.afterCommit(() => ctx.roleRules.forget())
  return (await findAccount(tx, account.id)) ?? account
}
