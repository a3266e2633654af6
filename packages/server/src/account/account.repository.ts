import type { Insertable, Updateable } from 'kysely'
import { inScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type Account = Row<'account'>

export async function findAccount(db: Queries, id: number): Promise<Account | undefined> {
  return db.selectFrom('account').selectAll().where('id', '=', id).where('removed', 'is', null).executeTakeFirst()
}

/** Of an object that cannot outlive its account. */
export async function requireAccount(db: Queries, id: number): Promise<Account> {
  return await db.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

export async function findAccountByName(db: Queries, domainId: number, name: string): Promise<Account | undefined> {
  return db
    .selectFrom('account')
    .selectAll()
    .where('domain_id', '=', domainId)
    .where('account_name', '=', name)
    .where('removed', 'is', null)
    .executeTakeFirst()
}

export type AccountFilter = {
  readonly id?: number
  readonly name?: string
  readonly keyword?: string
  readonly state?: string
  readonly type?: number
  readonly apiKeyAccess?: string
  readonly scope: OwnershipScope
}

export async function listAccountRows(
  db: Queries,
  filter: AccountFilter,
  page: Page,
): Promise<{ count: number; rows: Account[] }> {
  let query = db
    .selectFrom('account')
    .where('account.removed', 'is', null)
    // The system's own account is nobody's to see.
    .where('account.id', '!=', 1)
    .where(inScope(filter.scope, { account: 'account.id', domain: 'account.domain_id' }))
  if (filter.id !== undefined) query = query.where('account.id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('account.account_name', '=', filter.name)
  if (filter.state !== undefined) query = query.where('account.state', '=', filter.state)
  if (filter.type !== undefined) query = query.where('account.type', '=', filter.type)
  if (filter.apiKeyAccess !== undefined) query = query.where('account.api_key_access', '=', filter.apiKeyAccess)
  if (filter.keyword !== undefined) query = query.where('account.account_name', 'like', keywordPattern(filter.keyword))
  return selectPage(query, page, (filtered) => filtered.selectAll('account').orderBy('account.id'))
}

export async function accountDetails(
  db: Queries,
  ids: readonly number[],
): Promise<Map<number, Record<string, string>>> {
  const details = new Map<number, Record<string, string>>()
  if (ids.length === 0) return details
  for (const row of await db
    .selectFrom('account_details')
    .selectAll()
    .where('account_id', 'in', [...ids])
    .execute()) {
    details.set(row.account_id, { ...details.get(row.account_id), [row.name]: row.value })
  }
  return details
}

export async function setAccountDetails(
  db: Queries,
  accountId: number,
  details: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, value] of Object.entries(details)) {
    await db.deleteFrom('account_details').where('account_id', '=', accountId).where('name', '=', name).execute()
    await db.insertInto('account_details').values({ account_id: accountId, name, value }).execute()
  }
}

/** Words for what an account owns that must go before it. */
export async function accountContents(db: Queries, accountId: number): Promise<string[]> {
  const contents: string[] = []
  for (const [table, words] of [
    ['vm_instance', 'virtual machines'],
    ['volumes', 'volumes'],
    ['networks', 'networks'],
    ['vm_template', 'templates'],
  ] as const) {
    const row = await db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('account_id', '=', accountId)
      .where('removed', 'is', null)
      .executeTakeFirstOrThrow()
    if (Number(row.n) > 0) contents.push(`${row.n} ${words}`)
  }
  return contents
}

/** Virtual machines of the account that are neither stopped nor gone. */
export async function guestsOfAccount(db: Queries, accountId: number): Promise<Row<'vm_instance'>[]> {
  return await db
    .selectFrom('vm_instance')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('removed', 'is', null)
    .where('state', 'not in', ['Stopped', 'Destroyed', 'Expunging', 'Expunged', 'Error'])
    .orderBy('id')
    .execute()
}

export type VmCounts = { readonly running: number; readonly stopped: number }

/** Virtual machines of accounts by what they do, by account id: one query for a page. */
export async function vmCounts(db: Queries, ids: readonly number[]): Promise<Map<number, VmCounts>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('vm_instance')
    .select((eb) => ['account_id as accountId', 'state', eb.fn.countAll<number>().as('n')])
    .where('account_id', 'in', [...ids])
    .where('removed', 'is', null)
    .where('state', 'in', ['Running', 'Stopped'])
    .groupBy(['account_id', 'state'])
    .execute()
  const counts = new Map<number, VmCounts>()
  for (const row of rows) {
    const of = counts.get(row.accountId) ?? { running: 0, stopped: 0 }
    const n = Number(row.n)
    counts.set(row.accountId, row.state === 'Running' ? { ...of, running: n } : { ...of, stopped: n })
  }
  return counts
}

export async function insertAccount(db: Queries, account: Insertable<Database['account']>): Promise<number> {
  return Number((await db.insertInto('account').values(account).executeTakeFirstOrThrow()).insertId)
}

export async function updateAccountColumns(
  db: Queries,
  id: number,
  set: Updateable<Database['account']>,
): Promise<void> {
  await db.updateTable('account').set(set).where('id', '=', id).execute()
}

/** Accounts that live in a domain itself, not below it. */
export async function accountsOfDomain(db: Queries, domainId: number): Promise<Account[]> {
  return db.selectFrom('account').selectAll().where('domain_id', '=', domainId).where('removed', 'is', null).execute()
}
