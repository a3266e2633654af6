import type { Insertable, Updateable } from 'kysely'
import { belowPath } from '../db/below-path.ts'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type Domain = Row<'domain'>
export const rootDomainId = 1

export async function findDomain(db: Queries, id: number): Promise<Domain | undefined> {
  return db.selectFrom('domain').selectAll().where('id', '=', id).where('removed', 'is', null).executeTakeFirst()
}

export async function childByName(db: Queries, parentId: number, name: string): Promise<Domain | undefined> {
  return db
    .selectFrom('domain')
    .selectAll()
    .where('parent', '=', parentId)
    .where('name', '=', name)
    .where('removed', 'is', null)
    .executeTakeFirst()
}

/** The domain with everything below it, top first. */
export async function subtree(db: Queries, path: string): Promise<Domain[]> {
  return db
    .selectFrom('domain')
    .selectAll()
    .where(belowPath('path', path))
    .where('removed', 'is', null)
    .orderBy('level')
    .orderBy('id')
    .execute()
}

/** Ids of those among `ids` that have a child. */
export async function withChildren(db: Queries, ids: readonly number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('domain')
    .select('parent')
    .distinct()
    .where('parent', 'in', [...ids])
    .where('removed', 'is', null)
    .execute()
  return new Set(rows.map((row) => row.parent ?? 0))
}

export type DomainFilter = {
  readonly id?: number
  readonly name?: string
  readonly keyword?: string
  readonly level?: number
  /** Name of an account that lives in it. */
  readonly account?: string
  /** Paths begin with this: what the caller may see. */
  readonly within: string
  /** Only this domain and, when recursive, what is below it. */
  readonly from?: { readonly id: number; readonly path: string; readonly recursive: boolean }
}

export async function listDomainRows(
  db: Queries,
  filter: DomainFilter,
  page: Page,
): Promise<{ count: number; rows: Domain[] }> {
  let query = db.selectFrom('domain').where('domain.removed', 'is', null).where(belowPath('domain.path', filter.within))
  const { from } = filter
  if (filter.id !== undefined) query = query.where('domain.id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('domain.name', '=', filter.name)
  if (filter.level !== undefined) query = query.where('domain.level', '=', filter.level)
  const { account } = filter
  if (account !== undefined) {
    query = query.where((eb) =>
      eb(
        'domain.id',
        'in',
        eb
          .selectFrom('account')
          .select('account.domain_id')
          .where('account.account_name', '=', account)
          .where('account.removed', 'is', null),
      ),
    )
  }
  if (filter.keyword !== undefined) query = query.where('domain.name', 'like', keywordPattern(filter.keyword))
  if (from) {
    query = from.recursive
      ? query.where(belowPath('domain.path', from.path))
      : query.where((eb) => eb.or([eb('domain.id', '=', from.id), eb('domain.parent', '=', from.id)]))
  }
  return selectPage(query, page, (filtered) => filtered.selectAll('domain').orderBy('domain.path'))
}

/** Words for what lives in a domain itself. */
export async function domainContents(db: Queries, domainId: number): Promise<string[]> {
  const contents: string[] = []
  for (const [table, words] of [
    ['account', 'accounts'],
    ['vm_instance', 'virtual machines'],
    ['networks', 'networks'],
    ['volumes', 'volumes'],
    ['vm_template', 'templates'],
  ] as const) {
    const row = await db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('domain_id', '=', domainId)
      .where('removed', 'is', null)
      .executeTakeFirstOrThrow()
    if (Number(row.n) > 0) contents.push(`${row.n} ${words}`)
  }
  return contents
}

export async function insertDomain(db: Queries, domain: Insertable<Database['domain']>): Promise<number> {
  return Number((await db.insertInto('domain').values(domain).executeTakeFirstOrThrow()).insertId)
}

export async function updateDomainColumns(db: Queries, id: number, set: Updateable<Database['domain']>): Promise<void> {
  await db.updateTable('domain').set(set).where('id', '=', id).execute()
}

/** Gives a domain a new name, and everything below it the path that follows from it. */
export async function renameDomain(db: Queries, domain: Domain, name: string): Promise<void> {
  const path = `${domain.path.slice(0, -(domain.name.length + 1))}${name}/`
  for (const below of await subtree(db, domain.path)) {
    await updateDomainColumns(db, below.id, { path: `${path}${below.path.slice(domain.path.length)}` })
  }
  await updateDomainColumns(db, domain.id, { name })
}

export async function pathsOf(db: Queries, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('domain')
    .select(['id', 'path'])
    .where('id', 'in', [...ids])
    .execute()
  return new Map(rows.map((row) => [row.id, row.path]))
}
