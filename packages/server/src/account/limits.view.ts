import type { ResponseValue, resourceLimitResponse } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { domainNames } from '../inventory/index.ts'
import type { LimitOwner } from './limits.service.ts'
import { type ResourceType, resourceTypes } from './resource-use.repository.ts'

export type LimitView = ResponseValue<typeof resourceLimitResponse>

export async function limitViews(
  db: Queries,
  owner: LimitOwner,
  limits: ReadonlyMap<ResourceType, number>,
): Promise<LimitView[]> {
  const domainId = owner.kind === 'account' ? owner.account.domain_id : owner.domain.id
  const domain = (await domainNames(db, [domainId])).get(domainId)
  return [...limits].map(([type, max]) => ({
    ...(owner.kind === 'account' ? { account: owner.account.account_name } : {}),
    domainid: domain?.uuid,
    domain: domain?.name,
    domainpath: domain?.path,
    resourcetype: String(resourceTypes.indexOf(type)),
    resourcetypename: type,
    max,
  }))
}
