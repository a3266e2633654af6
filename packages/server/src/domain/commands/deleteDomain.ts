import { deleteDomain } from '@altostack/api'
import { accountFailure, apiFailure } from '@altostack/core'
import { accountsOfDomain, removeAccount } from '../../account/index.ts'
import { defineHandler } from '../../command/handler.ts'
import { domainContents, subtree, updateDomainColumns } from '../domain.repository.ts'
import { requireNotRoot } from '../domain.service.ts'

export const handler = defineHandler(deleteDomain, {
  eventText: ({ entities }) => `deleting domain ${entities.id.name}`,
  async change({ tx, ctx, caller, input, entities, now }) {
    const domain = entities.id
    requireNotRoot(domain)
    if (domain.id === caller.domainId) throw apiFailure('api.permission', 'Nobody deletes the domain he is in')
    const domains = await subtree(tx, domain.path)
    if (input.cleanup !== true) {
      const contents = await domainContents(tx, domain.id)
      if (domains.length > 1) contents.push(`${domains.length - 1} subdomains`)
      if (contents.length > 0) {
        throw accountFailure('account.not-empty', `Domain ${domain.name} still has ${contents.join(', ')}`, {
          entities: [{ uuid: domain.uuid, description: 'domain' }],
        })
      }
    }
    // From the leaves up, so that a refusal half way (it rolls everything back) names the deepest obstacle.
    for (const below of [...domains].reverse()) {
      for (const account of await accountsOfDomain(tx, below.id)) await removeAccount(tx, ctx, account, now)
      await updateDomainColumns(tx, below.id, { removed: now, state: 'Inactive' })
    }
  },
})
