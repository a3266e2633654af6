import { listAccounts } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { listAccountRows } from '../account.repository.ts'
import { accountViews } from '../account.view.ts'

export const handler = defineHandler(listAccounts, {
  async list({ db, ctx, input, entities, page, scope }) {
    // Removal is one transaction, so nothing waits for a clean-up; and no account carries a tag.
    if (input.iscleanuprequired === true || input.tag !== undefined) return { count: 0, items: [] }
    const { count, rows } = await listAccountRows(
      db,
      {
        scope,
        ...(entities.id === undefined ? {} : { id: entities.id.id }),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
        ...(input.state === undefined ? {} : { state: input.state }),
        ...(input.accounttype === undefined ? {} : { type: input.accounttype }),
        ...(input.apikeyaccess === undefined ? {} : { apiKeyAccess: input.apikeyaccess }),
      },
      page,
    )
    const counted = input.details === undefined || input.details.some((group) => group !== 'min')
    return { count, items: await accountViews(db, ctx, rows, { counted }) }
  },
})
