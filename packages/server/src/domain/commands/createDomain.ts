import { createDomain } from '@altostack/api'
import { Bug } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { requireNetworkDomain } from '../../zone/index.ts'
import { findDomain, insertDomain } from '../domain.repository.ts'
import { requireDomainName, requireFreeDomainName, requireFreeUuid } from '../domain.service.ts'
import { domainViews } from '../domain.view.ts'

export const handler = defineHandler(createDomain, {
  eventText: ({ input }) => `creating domain ${input.name}`,
  async change({ tx, ctx, caller, input, entities, now }) {
    const parent = entities.parentdomainid ?? (await findDomain(tx, caller.domainId))
    if (!parent) throw new Bug("the caller's domain is not there")
    const name = requireDomainName(input.name)
    await requireFreeDomainName(tx, parent.id, name)
    const id = await insertDomain(tx, {
      uuid:
        input.domainid === undefined
          ? ctx.runtime.uuid()
          : await requireFreeUuid(tx, 'domain', 'domainid', input.domainid),
      parent: parent.id,
      name,
      owner: caller.accountId,
      path: `${parent.path}${name}/`,
      level: parent.level + 1,
      network_domain:
        input.networkdomain === undefined ? null : requireNetworkDomain('networkdomain', input.networkdomain),
      created: now,
    })
    const domain = await findDomain(tx, id)
    return (await domainViews(tx, ctx, domain ? [domain] : []))[0] ?? {}
  },
})
