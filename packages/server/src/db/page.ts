import type { SelectQueryBuilder } from 'kysely'
import type { Database } from './database.ts'

export type Page = { readonly offset: number; readonly limit: number }

/** Counts the filtered rows, then selects one page of them; the second query is left out when nothing is there. */
export async function selectPage<T extends keyof Database, O, R>(
  filtered: SelectQueryBuilder<Database, T, O>,
  page: Page,
  select: (query: SelectQueryBuilder<Database, T, O>) => SelectQueryBuilder<Database, T, R>,
): Promise<{ count: number; rows: R[] }> {
  const total = await filtered
    .clearSelect()
    .clearOrderBy()
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  const count = Number((total as { total: number }).total)
  if (count <= page.offset) return { count, rows: [] }
  const rows = await select(filtered).limit(page.limit).offset(page.offset).execute()
  return { count, rows: rows as R[] }
}

/** The text between wildcards, with LIKE's own signs taken literally is not portable: they are dropped from the keyword. */
export function keywordPattern(keyword: string): string {
  return `%${keyword.replaceAll(/[%_\\]/g, '')}%`
}
