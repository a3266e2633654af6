import { updateDomain } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireNetworkDomain } from '../../zone/index.ts'
import { findDomain, subtree } from '../domain.repository.ts'
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
      const path = `${domain.path.slice(0, -(domain.name.length + 1))}${name}/`
      for (const below of await subtree(tx, domain.path)) {
        const moved = `${path}${below.path.slice(domain.path.length)}`
        await tx.updateTable('domain').set({ path: moved }).where('id', '=', below.id).execute()
      }
      await tx.updateTable('domain').set({ name }).where('id', '=', domain.id).execute()
      ctx.afterCommit(() => ctx.roleRules.forget())
    }
    if (input.networkdomain !== undefined) {
      const networkDomain =
        input.networkdomain === '' ? null : requireNetworkDomain('networkdomain', input.networkdomain)
      await tx.updateTable('domain').set({ network_domain: networkDomain }).where('id', '=', domain.id).execute()
    }
    const updated = await findDomain(tx, domain.id)
    return (await domainViews(tx, updated ? [updated] : []))[0] ?? {}
  },
})
