import { listDomains } from '@altostack/api'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { listDomainRows } from '../domain.repository.ts'
import { domainViews } from '../domain.view.ts'

export const handler = defineHandler(listDomains, {
  async list({ db, ctx, caller, input, entities, page }) {
    // No domain carries a tag in this version.
    if (input.tags !== undefined || input.tag !== undefined) return { count: 0, items: [] }
    // Others than root see their own domain, and with listall what is below it.
    const start =
      entities.domainid ??
      (isRootAdmin(caller) || entities.id !== undefined ? undefined : { id: caller.domainId, path: caller.domainPath })
    const recursive = input.isrecursive === true || (entities.domainid === undefined && input.listall === true)
    const tenant = caller.roleType === 'User'
    const { count, rows } = await listDomainRows(
      db,
      {
        within: isRootAdmin(caller) ? '/' : caller.domainPath,
        ...(tenant ? { id: caller.domainId } : entities.id === undefined ? {} : { id: entities.id.id }),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
        ...(input.level === undefined ? {} : { level: input.level }),
        ...(start === undefined ? {} : { from: { id: start.id, path: start.path, recursive } }),
        ...(input.account === undefined ? {} : { account: input.account }),
      },
      page,
    )
    const counted = input.details === undefined || input.details.some((group) => group !== 'min')
    return { count, items: await domainViews(db, ctx, rows, { counted }) }
  },
})
