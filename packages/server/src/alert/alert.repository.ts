import type { Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type AlertFilter = {
  readonly uuid?: string | undefined
  readonly name?: string | undefined
  readonly type?: number | undefined
  readonly keyword?: string | undefined
}

/** Alerts that are not archived, newest first. */
export async function listAlertRows(
  db: Queries,
  filter: AlertFilter,
  page: Page,
): Promise<{ count: number; rows: Row<'alert'>[] }> {
  let query = db.selectFrom('alert').where('alert.archived', '=', 0)
  if (filter.uuid !== undefined) query = query.where('alert.uuid', '=', filter.uuid)
  if (filter.name !== undefined) query = query.where('alert.name', '=', filter.name)
  if (filter.type !== undefined) query = query.where('alert.type', '=', filter.type)
  if (filter.keyword !== undefined) query = query.where('alert.subject', 'like', keywordPattern(filter.keyword))
  return selectPage(query, page, (filtered) => filtered.selectAll('alert').orderBy('alert.id', 'desc'))
}
