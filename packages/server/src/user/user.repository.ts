import type { Insertable, Updateable } from 'kysely'
import { inScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type User = Row<'user'>

export async function insertUser(db: Queries, user: Insertable<Database['user']>): Promise<number> {
  return Number((await db.insertInto('user').values(user).executeTakeFirstOrThrow()).insertId)
}

export async function findUser(db: Queries, id: number): Promise<User | undefined> {
  return db.selectFrom('user').selectAll().where('id', '=', id).where('removed', 'is', null).executeTakeFirst()
}

export async function findUserByKey(db: Queries, apiKey: string): Promise<User | undefined> {
  return db.selectFrom('user').selectAll().where('api_key', '=', apiKey).where('removed', 'is', null).executeTakeFirst()
}

/** A user of that name in any account of the domain: login names are unique there. */
export async function findUserByName(db: Queries, domainId: number, username: string): Promise<User | undefined> {
  return db
    .selectFrom('user')
    .innerJoin('account', 'account.id', 'user.account_id')
    .selectAll('user')
    .where('account.domain_id', '=', domainId)
    .where('user.username', '=', username)
    .where('user.removed', 'is', null)
    .executeTakeFirst()
}

export async function usersOfAccounts(db: Queries, accountIds: readonly number[]): Promise<User[]> {
  if (accountIds.length === 0) return []
  return db
    .selectFrom('user')
    .selectAll()
    .where('account_id', 'in', [...accountIds])
    .where('removed', 'is', null)
    .orderBy('id')
    .execute()
}

export type UserFilter = {
  readonly id?: number
  readonly username?: string
  readonly keyword?: string
  readonly state?: string
  readonly source?: string
  readonly accountType?: number
  readonly apiKeyAccess?: string
  readonly scope: OwnershipScope
}

export async function listUserRows(
  db: Queries,
  filter: UserFilter,
  page: Page,
): Promise<{ count: number; rows: User[] }> {
  let query = db
    .selectFrom('user')
    .innerJoin('account', 'account.id', 'user.account_id')
    .where('user.removed', 'is', null)
    .where('user.id', '!=', 1)
    .where(inScope(filter.scope, { account: 'account.id', domain: 'account.domain_id' }))
  if (filter.id !== undefined) query = query.where('user.id', '=', filter.id)
  if (filter.username !== undefined) query = query.where('user.username', '=', filter.username)
  if (filter.state !== undefined) query = query.where('user.state', '=', filter.state)
  if (filter.source !== undefined) query = query.where('user.source', '=', filter.source)
  if (filter.accountType !== undefined) query = query.where('account.type', '=', filter.accountType)
  if (filter.apiKeyAccess !== undefined) query = query.where('user.api_key_access', '=', filter.apiKeyAccess)
  if (filter.keyword !== undefined) {
    const pattern = keywordPattern(filter.keyword)
    query = query.where((eb) =>
      eb.or(
        (['user.username', 'user.firstname', 'user.lastname', 'user.email'] as const).map((column) =>
          eb(column, 'like', pattern),
        ),
      ),
    )
  }
  return selectPage(query, page, (filtered) => filtered.selectAll('user').orderBy('user.id'))
}

export async function updateUserColumns(db: Queries, id: number, set: Updateable<Database['user']>): Promise<void> {
  await db.updateTable('user').set(set).where('id', '=', id).execute()
}

/** Ends everything that was opened with a user's password. */
export async function endSessions(db: Queries, userIds: readonly number[]): Promise<void> {
  if (userIds.length === 0) return
  await db
    .deleteFrom('user_session')
    .where('user_id', 'in', [...userIds])
    .execute()
}

/** Removes users: they log in no longer, and their keys are free. */
export async function removeUsers(db: Queries, userIds: readonly number[], now: number): Promise<void> {
  if (userIds.length === 0) return
  await endSessions(db, userIds)
  await db
    .updateTable('user')
    .set({ removed: now, state: 'disabled', api_key: null, secret_key: null })
    .where('id', 'in', [...userIds])
    .where('removed', 'is', null)
    .execute()
}
