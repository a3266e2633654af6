import { updateResourceLimit } from '@altostack/api'
import { apiFailure, Bug } from '@altostack/core'
import { type Caller, isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import type { ServerContext } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { findDomain } from '../../domain/index.ts'
import { isUnlimited, type LimitOwner, limitsOf, namedLimitOwner } from '../limits.service.ts'
import { limitViews } from '../limits.view.ts'
import { unlimited } from '../resource-fields.ts'
import { type ResourceType, resourceTypes, saveLimit } from '../resource-use.repository.ts'

export const handler = defineHandler(updateResourceLimit, {
  async change({ tx, ctx, caller, input, entities }) {
    const type = resourceTypes[input.resourcetype]
    if (type === undefined) throw new Bug('a resource type has no name', { type: input.resourcetype })
    const max = input.max ?? unlimited
    const owner = await namedLimitOwner(tx, caller, input.account, entities.domainid, 'operate')
    if (owner === undefined) throw apiFailure('api.parameter', 'Give domainid, or account together with domainid')
    refuseOwn(caller, owner)
    if (isUnlimited(owner) && max !== unlimited) {
      const name = owner.kind === 'account' ? `account ${owner.account.account_name}` : 'domain ROOT'
      throw apiFailure('api.parameter', `Only -1 is a limit for ${name}: it has none`, { seen: String(max) })
    }
    if (owner.kind === 'domain') await refuseBeyondParent(tx, ctx, owner, type, max)
    await saveLimit(
      tx,
      owner.kind === 'account' ? { account: owner.account.id } : { domain: owner.domain.id },
      type,
      max,
    )
    return (await limitViews(tx, owner, new Map([[type, max]])))[0] ?? {}
  },
})

/** Nobody but root administrators raises his own limits. */
function refuseOwn(caller: Caller, owner: LimitOwner): void {
  if (isRootAdmin(caller)) return
  const own = owner.kind === 'account' ? owner.account.id === caller.accountId : owner.domain.id === caller.domainId
  if (own) throw apiFailure('api.permission', 'An administrator cannot change the limits of his own account or domain')
}

/** A domain gets no more than the one above it has. */
async function refuseBeyondParent(
  tx: Tx,
  ctx: ServerContext,
  owner: LimitOwner & { readonly kind: 'domain' },
  type: ResourceType,
  max: number,
): Promise<void> {
  const { parent } = owner.domain
  if (parent === null) return
  const domain = await findDomain(tx, parent)
  if (domain === undefined) return
  const above = (await limitsOf(tx, ctx, { kind: 'domain', domain })).get(type) ?? unlimited
  // No limit of its own means that of the domain above, which holds anyway.
  if (above === unlimited || max === unlimited || max <= above) return
  throw apiFailure('api.parameter', `Domain ${domain.name} above has a maximum of ${above} for ${type}`, {
    seen: String(max),
    fix: 'Raise that first, or ask for less.',
  })
}
