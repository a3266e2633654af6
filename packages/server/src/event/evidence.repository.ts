import { inScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { Queries, Row } from '../db/database.ts'
import { keywordPattern, type Page, selectPage } from '../db/page.ts'

export type EvidenceFilter = {
  /** Undefined: everybody's. */
  readonly scope: OwnershipScope | undefined
  readonly resourceUuid?: string | undefined
  readonly resourceType?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Only what came after this sequence. */
  readonly after?: number | undefined
  readonly keyword?: string | undefined
}

/** Moves of states with what was seen, newest first. */
export async function listEvidenceRows(
  db: Queries,
  filter: EvidenceFilter,
  page: Page,
): Promise<{ count: number; rows: Row<'change_feed'>[] }> {
  let query = db.selectFrom('change_feed')
  if (filter.scope !== undefined) {
    query = query.where(inScope(filter.scope, { account: 'change_feed.account_id', domain: 'change_feed.domain_id' }))
  }
  if (filter.resourceUuid !== undefined) query = query.where('change_feed.entity_uuid', '=', filter.resourceUuid)
  if (filter.resourceType !== undefined) query = query.where('change_feed.entity', '=', filter.resourceType)
  if (filter.from !== undefined) query = query.where('change_feed.at', '>=', filter.from)
  if (filter.to !== undefined) query = query.where('change_feed.at', '<=', filter.to)
  if (filter.after !== undefined) query = query.where('change_feed.id', '>', filter.after)
  if (filter.keyword !== undefined) query = query.where('change_feed.cause', 'like', keywordPattern(filter.keyword))
  return selectPage(query, page, (filtered) => filtered.selectAll('change_feed').orderBy('change_feed.id', 'desc'))
}
