import type { domainResponse, ResponseValue } from '@altostack/api'
import { defaultLimits, ownLimits, type ResourceUse, resourceFields, resourceUse, sumUse } from '../account/index.ts'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { domainNames, shownDomainPath } from '../inventory/index.ts'
import { type Domain, pathsOf, rootDomainId, withChildren } from './domain.repository.ts'

export async function domainViews(
  db: Queries,
  ctx: ServerContext,
  domains: readonly Domain[],
  /** Whether to count what each domain uses, with those below it. */
  { counted } = { counted: true },
): Promise<ResponseValue<typeof domainResponse>[]> {
  const parents = await domainNames(
    db,
    domains.map((domain) => domain.parent),
  )
  const parentsOfSome = await withChildren(
    db,
    domains.map((domain) => domain.id),
  )
  const use = counted ? await useBelow(db, domains) : undefined
  const own = await ownLimits(db, 'domain_id', counted ? domains.map((domain) => domain.id) : [])
  const defaults = await defaultLimits(ctx, 'domain', db)
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
      ...(use === undefined
        ? {}
        : resourceFields(
            use.get(domain.id),
            domain.id === rootDomainId ? undefined : { own: own.get(domain.id), defaults },
          )),
      tags: [],
    }),
  )
}

/** What each domain uses, itself and all below it. */
async function useBelow(db: Queries, domains: readonly Domain[]): Promise<ReadonlyMap<number, ResourceUse>> {
  const sums = new Map<number, ResourceUse>()
  const [first] = domains
  if (first === undefined) return sums
  // One domain is asked for alone; a page of them is summed from what every domain uses.
  const use = await resourceUse(db, 'domain_id', { domainPath: domains.length === 1 ? first.path : '/' })
  const paths = await pathsOf(db, [...use.keys()])
  for (const { id, path } of domains) {
    sums.set(id, sumUse([...use].filter(([of]) => paths.get(of)?.startsWith(path)).map(([, amounts]) => amounts)))
  }
  return sums
}
