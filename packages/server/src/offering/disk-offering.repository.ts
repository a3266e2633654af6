import type { Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type DiskOfferingFilter = {
  readonly id?: number
  readonly name?: string
  readonly keyword?: string
  readonly state?: string
  readonly localStorage?: boolean
  /** The one that a volume has already. */
  readonly exceptId?: number
  /** Tags of a pool: offerings whose tags it carries. */
  readonly poolTags?: readonly string[]
}

/** Data-disk offerings; those that only shape a service offering's root disk are left out. */
export async function listDiskOfferingRows(
  db: Queries,
  filter: DiskOfferingFilter,
  page: Page,
): Promise<{ count: number; rows: Row<'disk_offering'>[] }> {
  let query = db
    .selectFrom('disk_offering')
    .where('disk_offering.removed', 'is', null)
    .where('disk_offering.compute_only', '=', 0)
    .where('disk_offering.state', '=', filter.state ?? 'Active')
  if (filter.id !== undefined) query = query.where('disk_offering.id', '=', filter.id)
  if (filter.exceptId !== undefined) query = query.where('disk_offering.id', '!=', filter.exceptId)
  if (filter.name !== undefined) query = query.where('disk_offering.name', '=', filter.name)
  if (filter.localStorage !== undefined) {
    query = query.where('disk_offering.use_local_storage', '=', filter.localStorage ? 1 : 0)
  }
  if (filter.keyword !== undefined) {
    const pattern = keywordPattern(filter.keyword)
    query = query.where((eb) =>
      eb.or([eb('disk_offering.name', 'like', pattern), eb('disk_offering.display_text', 'like', pattern)]),
    )
  }
  if (filter.poolTags) {
    query = query.where((eb) =>
      eb.or([
        eb('disk_offering.tags', 'is', null),
        eb('disk_offering.tags', '=', ''),
        eb('disk_offering.tags', 'in', filter.poolTags && filter.poolTags.length > 0 ? [...filter.poolTags] : ['']),
      ]),
    )
  }
  return selectPage(query, page, (filtered) =>
    filtered.selectAll('disk_offering').orderBy('disk_offering.sort_key').orderBy('disk_offering.id'),
  )
}

export async function poolTags(db: Queries, poolId: number): Promise<string[]> {
  const rows = await db.selectFrom('storage_pool_tags').select('tag').where('pool_id', '=', poolId).execute()
  return rows.map((row) => row.tag)
}
