import { listRoles } from '@altostack/api'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { listRoleRows } from '../role.repository.ts'
import { typesAbove } from '../role.service.ts'
import { roleView } from '../role.view.ts'

export const handler = defineHandler(listRoles, {
  async list({ db, caller, input, entities, page }) {
    const { count, rows } = await listRoleRows(
      db,
      {
        publicOnly: !isRootAdmin(caller),
        exceptTypes: typesAbove(caller),
        ...(entities.id === undefined ? {} : { id: entities.id.id }),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
        ...(input.type === undefined ? {} : { roleType: input.type }),
        ...(input.state === undefined ? {} : { state: input.state }),
      },
      page,
    )
    return { count, items: rows.map(roleView) }
  },
})
