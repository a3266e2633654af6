import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import { inScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Database, Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'
import { type Tagged, type TagKind, taggedTables } from './tag-kinds.ts'

export type Tag = Row<'resource_tags'>
/** A pair as clients send it; what `value` is missing of matches every value. */
export type TagPair = { readonly key: string; readonly value?: string | undefined }

/** `tags[0].key=…&tags[0].value=…` of a request; undefined when there are none. */
export function tagPairs(
  items: readonly Readonly<Record<string, string>>[] | undefined,
): readonly TagPair[] | undefined {
  return items === undefined || items.length === 0
    ? undefined
    : items.map((item) => ({ key: item.key ?? '', value: item.value }))
}

export async function tagsOf(db: Queries, uuids: readonly string[]): Promise<Tag[]> {
  if (uuids.length === 0) return []
  return await db
    .selectFrom('resource_tags')
    .selectAll()
    .where('resource_uuid', 'in', [...uuids])
    .orderBy('id')
    .execute()
}

export async function insertTag(
  db: Queries,
  ctx: ServerContext,
  kind: TagKind,
  object: Tagged,
  tag: { readonly key: string; readonly value: string; readonly customer?: string | undefined },
): Promise<void> {
  await db
    .insertInto('resource_tags')
    .values({
      uuid: ctx.runtime.uuid(),
      key: tag.key,
      value: tag.value,
      customer: tag.customer ?? null,
      resource_type: kind,
      resource_uuid: object.uuid,
      account_id: object.accountId,
      domain_id: object.domainId,
      created: ctx.runtime.now(),
    })
    .execute()
}

/** All tags of an object. */
export async function deleteTagsOf(db: Queries, uuid: string): Promise<void> {
  await db.deleteFrom('resource_tags').where('resource_uuid', '=', uuid).execute()
}

export async function deleteTagRows(db: Queries, ids: readonly number[]): Promise<void> {
  await db
    .deleteFrom('resource_tags')
    .where('id', 'in', [...ids])
    .execute()
}

export type TagFilter = {
  readonly scope: OwnershipScope
  readonly kind?: TagKind | undefined
  readonly uuid?: string | undefined
  readonly key?: string | undefined
  readonly value?: string | undefined
  readonly customer?: string | undefined
  readonly keyword?: string | undefined
}

/** One page of the tags of objects that are there. */
export async function selectTagPage(
  db: Queries,
  filter: TagFilter,
  page: Page,
): Promise<{ readonly count: number; readonly rows: readonly Tag[] }> {
  let query = db
    .selectFrom('resource_tags')
    .where(inScope(filter.scope, { account: 'resource_tags.account_id', domain: 'resource_tags.domain_id' }))
    .where((eb) => objectIsThere(eb))
  const exact = [
    ['resource_tags.resource_type', filter.kind],
    ['resource_tags.resource_uuid', filter.uuid],
    ['resource_tags.key', filter.key],
    ['resource_tags.value', filter.value],
    ['resource_tags.customer', filter.customer],
  ] as const
  for (const [column, value] of exact) if (value !== undefined) query = query.where(column, '=', value)
  if (filter.keyword !== undefined) {
    const pattern = keywordPattern(filter.keyword)
    query = query.where((eb) =>
      eb.or([eb('resource_tags.key', 'like', pattern), eb('resource_tags.value', 'like', pattern)]),
    )
  }
  return await selectPage(query, page, (filtered) => filtered.selectAll('resource_tags').orderBy('resource_tags.id'))
}

/** Tags whose object is gone: nobody sees them, a duty deletes them. */
export async function selectLooseTags(db: Queries, limit: number): Promise<{ readonly id: number }[]> {
  return await db
    .selectFrom('resource_tags')
    .select('resource_tags.id')
    .where((eb) => eb.not(objectIsThere(eb)))
    .limit(limit)
    .execute()
}

function objectIsThere(builder: ExpressionBuilder<Database, 'resource_tags'>): Expression<SqlBool> {
  // biome-ignore lint/suspicious/noExplicitAny: Kysely cannot type a table name that is a variable
  const eb = builder as ExpressionBuilder<any, any>
  return eb.or(
    taggedTables.map(([table, keepsRemoved]) => {
      const rows = eb
        .selectFrom(table)
        .select(`${table}.id`)
        .whereRef(`${table}.uuid`, '=', 'resource_tags.resource_uuid')
      return eb.exists(keepsRemoved ? rows.where(`${table}.removed`, 'is', null) : rows)
    }),
  ) as unknown as Expression<SqlBool>
}

/** The WHERE of a list's `tags`: objects that carry one of the pairs. `uuidColumn` such as `volumes.uuid`. */
export function carriesTag<TB extends keyof Database>(
  uuidColumn: string,
  tags: readonly TagPair[],
): (builder: ExpressionBuilder<Database, TB>) => Expression<SqlBool> {
  return (builder) => {
    // biome-ignore lint/suspicious/noExplicitAny: the column is the caller's, of whatever tables it joins
    const e = builder as ExpressionBuilder<any, any>
    return e(
      uuidColumn,
      'in',
      e
        .selectFrom('resource_tags')
        .select('resource_tags.resource_uuid')
        .where((of) =>
          of.or(
            tags.map(({ key, value }) =>
              value === undefined
                ? of('resource_tags.key', '=', key)
                : of.and([of('resource_tags.key', '=', key), of('resource_tags.value', '=', value)]),
            ),
          ),
        ),
    ) as unknown as Expression<SqlBool>
  }
}
