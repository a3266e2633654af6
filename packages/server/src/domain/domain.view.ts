import type { domainResponse, ResponseValue } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { domainNames, shownDomainPath } from '../inventory/index.ts'
import { type Domain, withChildren } from './domain.repository.ts'

export async function domainViews(
  db: Queries,
  domains: readonly Domain[],
): Promise<ResponseValue<typeof domainResponse>[]> {
  const parents = await domainNames(
    db,
    domains.map((domain) => domain.parent),
  )
  const parentsOfSome = await withChildren(
    db,
    domains.map((domain) => domain.id),
  )
  return domains.map(
    (domain): ResponseValue<typeof domainResponse> => ({
      id: domain.uuid,
      name: domain.name,
      level: domain.level,
      parentdomainid: domain.parent === null ? undefined : parents.get(domain.parent)?.uuid,
      parentdomainname: domain.parent === null ? undefined : parents.get(domain.parent)?.name,
      haschild: parentsOfSome.has(domain.id),
      networkdomain: domain.network_domain,
      path: shownDomainPath(domain.path),
      state: domain.state,
      created: domain.created,
      tags: [],
    }),
  )
}
