import type { ResponseValue, tagResponse } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { domainNames, ownerNames } from '../inventory/index.ts'
import { type Tag, tagsOf } from './tag.repository.ts'

export type TagView = ResponseValue<typeof tagResponse>

export async function tagViews(db: Queries, tags: readonly Tag[]): Promise<TagView[]> {
  const owners = await ownerNames(
    db,
    tags.map((tag) => tag.account_id),
  )
  const domains = await domainNames(
    db,
    tags.map((tag) => tag.domain_id),
  )
  return tags.map((tag) => ({
    key: tag.key,
    value: tag.value,
    resourcetype: tag.resource_type,
    resourceid: tag.resource_uuid,
    account: owners.get(tag.account_id)?.account,
    domainid: domains.get(tag.domain_id)?.uuid,
    domain: domains.get(tag.domain_id)?.name,
    domainpath: domains.get(tag.domain_id)?.path,
    customer: tag.customer,
  }))
}

/** The answers with the tags of each: one query more for a page, three when there are tags. */
export async function withTags<V extends { readonly id?: string | null | undefined }>(
  db: Queries,
  views: readonly V[],
): Promise<(V & { readonly tags: readonly TagView[] })[]> {
  const uuids = [...new Set(views.flatMap((view) => view.id ?? []))]
  const tags = await tagsOf(db, uuids)
  const shown = Map.groupBy(tags.length === 0 ? [] : await tagViews(db, tags), (tag) => tag.resourceid)
  return views.map((view) => ({ ...view, tags: shown.get(view.id) ?? [] }))
}
