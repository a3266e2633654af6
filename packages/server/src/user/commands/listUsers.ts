import { listUsers } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { listUserRows } from '../user.repository.ts'
import { userViews } from '../user.view.ts'

export const handler = defineHandler(listUsers, {
  async list({ db, caller, input, entities, page, scope }) {
    const { count, rows } = await listUserRows(
      db,
      {
        scope,
        ...(entities.id === undefined ? {} : { id: entities.id.id }),
        ...(input.username === undefined ? {} : { username: input.username }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
        ...(input.state === undefined ? {} : { state: input.state }),
        ...(input.usersource === undefined ? {} : { source: input.usersource }),
        ...(input.accounttype === undefined ? {} : { accountType: input.accounttype }),
        ...(input.apikeyaccess === undefined ? {} : { apiKeyAccess: input.apikeyaccess }),
      },
      page,
    )
    const views = await userViews(db, rows)
    return { count, items: views.map((view) => ({ ...view, iscallerchilddomain: caller.roleType !== 'User' })) }
  },
})
