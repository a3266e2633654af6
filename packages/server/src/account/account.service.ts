import { accountFailure, apiFailure } from '@altostack/core'
import type { Caller } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { builtInRole, requireMayGive } from '../role/index.ts'
import { removeUsers, usersOfAccounts } from '../user/index.ts'
import { type Account, accountContents, findAccountByName, updateAccountColumns } from './account.repository.ts'

/** CloudStack's account types by role type: 0 user, 1 root admin, 2 domain admin, 3 resource admin. */
export const accountTypes = { User: 0, Admin: 1, DomainAdmin: 2, ResourceAdmin: 3 } as const

/** The role of a new account: the named one, else the built-in one of the account type. */
export async function roleOfNewAccount(
  db: Queries,
  caller: Caller,
  role: Row<'roles'> | undefined,
  accountType: number | undefined,
): Promise<Row<'roles'>> {
  if (role) {
    await requireMayGive(db, caller, role)
    return role
  }
  if (accountType === undefined) throw apiFailure('api.parameter', 'Give roleid or accounttype')
  const roleType = Object.entries(accountTypes).find(([, type]) => type === accountType)?.[0]
  const found = roleType === undefined ? undefined : await builtInRole(db, roleType)
  if (!found) {
    throw apiFailure('api.parameter', `accounttype is 0, 1, 2 or 3, not ${accountType}`, { seen: String(accountType) })
  }
  await requireMayGive(db, caller, found)
  return found
}

export function typeOfRole(role: Row<'roles'>): number {
  return accountTypes[role.role_type as keyof typeof accountTypes] ?? accountTypes.User
}

export function requireAccountName(name: string): string {
  if (name.trim() === '' || /[\s<>"'&]/.test(name)) {
    throw apiFailure('api.parameter', 'account is not empty and has no spaces, quotes or angle brackets', {
      seen: name,
    })
  }
  return name
}

export async function requireFreeAccountName(
  db: Queries,
  domainId: number,
  name: string,
  exceptId?: number,
): Promise<void> {
  const other = await findAccountByName(db, domainId, name)
  if (other && other.id !== exceptId) {
    throw accountFailure('account.name-taken', `An account named ${name} exists in the domain`, {
      entities: [{ uuid: other.uuid, description: 'account' }],
    })
  }
}

export function requireOwnAccount(account: Pick<Account, 'is_default' | 'account_name'>): void {
  if (account.is_default === 1) {
    throw accountFailure('account.built-in', `The account ${account.account_name} is built in`)
  }
}

/** Removes the account with its users and their sessions. Refuses while it owns anything. */
export async function removeAccount(tx: Tx, ctx: ServerContext, account: Account, now: number): Promise<void> {
  requireOwnAccount(account)
  const contents = await accountContents(tx, account.id)
  if (contents.length > 0) {
    throw accountFailure('account.not-empty', `Account ${account.account_name} still has ${contents.join(', ')}`, {
      entities: [{ uuid: account.uuid, description: 'account' }],
      fix: 'Expunge its virtual machines and delete its networks and templates first.',
    })
  }
  const users = await usersOfAccounts(tx, [account.id])
  await removeUsers(
    tx,
    users.map((user) => user.id),
    now,
  )
  await updateAccountColumns(tx, account.id, { removed: now, state: 'disabled' })
  ctx.afterCommit(() => ctx.roleRules.forget())
}
