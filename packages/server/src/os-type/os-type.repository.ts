import type { Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type OsType = Row<'guest_os'>
export type OsTypeFilter = {
  readonly ids?: readonly number[]
  readonly categoryUuid?: string
  readonly description?: string
  readonly keyword?: string
}

export async function listOsTypeRows(
  db: Queries,
  filter: OsTypeFilter,
  page: Page,
): Promise<{ count: number; rows: OsType[] }> {
  let query = db.selectFrom('guest_os').where('guest_os.removed', 'is', null)
  if (filter.ids) query = query.where('guest_os.id', 'in', filter.ids.length > 0 ? [...filter.ids] : [-1])
  if (filter.categoryUuid !== undefined) {
    query = query.where((eb) =>
      eb(
        'guest_os.category_id',
        'in',
        eb
          .selectFrom('guest_os_category')
          .select('guest_os_category.id')
          .where('uuid', '=', filter.categoryUuid ?? ''),
      ),
    )
  }
  if (filter.description !== undefined) query = query.where('guest_os.display_name', '=', filter.description)
  if (filter.keyword !== undefined) query = query.where('guest_os.display_name', 'like', keywordPattern(filter.keyword))
  return selectPage(query, page, (filtered) => filtered.selectAll('guest_os').orderBy('guest_os.id'))
}

export async function osCategories(db: Queries): Promise<Map<number, { uuid: string; name: string }>> {
  const rows = await db.selectFrom('guest_os_category').selectAll().execute()
  return new Map(rows.map((row) => [row.id, row]))
}
