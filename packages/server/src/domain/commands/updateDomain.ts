import { updateDomain } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireNetworkDomain } from '../../zone/index.ts'
import { findDomain, renameDomain, updateDomainColumns } from '../domain.repository.ts'
import { requireDomainName, requireFreeDomainName, requireNotRoot } from '../domain.service.ts'
import { domainViews } from '../domain.view.ts'

export const handler = defineHandler(updateDomain, {
  eventText: ({ entities }) => `updating domain ${entities.id.name}`,
  async change({ tx, ctx, input, entities }) {
    const domain = entities.id
    if (input.name !== undefined && input.name !== domain.name) {
      requireNotRoot(domain)
      const name = requireDomainName(input.name)
      await requireFreeDomainName(tx, domain.parent ?? 0, name, domain.id)
      await renameDomain(tx, domain, name)
      ctx.afterCommit(() => ctx.roleRules.forget())
    }
    if (input.networkdomain !== undefined) {
      const networkDomain =
        input.networkdomain === '' ? null : requireNetworkDomain('networkdomain', input.networkdomain)
      await updateDomainColumns(tx, domain.id, { network_domain: networkDomain })
    }
    const updated = await findDomain(tx, domain.id)
    return (await domainViews(tx, ctx, updated ? [updated] : []))[0] ?? {}
  },
})
