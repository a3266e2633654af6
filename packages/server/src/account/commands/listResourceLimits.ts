import { listResourceLimits } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { requireAccount } from '../account.repository.ts'
import { limitsOf, namedLimitOwner } from '../limits.service.ts'
import { limitViews } from '../limits.view.ts'
import { resourceTypes } from '../resource-use.repository.ts'

export const handler = defineHandler(listResourceLimits, {
  async list({ db, ctx, caller, input, entities, page }) {
    const owner = (await namedLimitOwner(db, caller, input.account, entities.domainid, 'list')) ?? {
      kind: 'account',
      account: await requireAccount(db, caller.accountId),
    }
    const wanted = requireType(input.resourcetype, input.resourcetypename)
    const keyword = (input.keyword ?? '').toLowerCase()
    const chosen = [...(await limitsOf(db, ctx, owner))].filter(
      ([type]) => (wanted === undefined || type === wanted) && type.includes(keyword),
    )
    const shown = chosen.slice(page.offset, page.offset + page.limit)
    return { count: chosen.length, items: await limitViews(db, owner, new Map(shown)) }
  },
})

function requireType(number: number | undefined, name: string | undefined): string | undefined {
  if (number !== undefined && name !== undefined) {
    throw apiFailure('api.parameter', 'resourcetype and resourcetypename cannot be given together')
  }
  if (number !== undefined) return resourceTypes[number]
  if (name === undefined) return undefined
  const type = resourceTypes.find((one) => one === name.toLowerCase())
  if (type === undefined) {
    throw apiFailure('api.parameter', `Invalid parameter resourcetypename value=${name}`, {
      fix: `One of ${resourceTypes.join(', ')}.`,
    })
  }
  return type
}
