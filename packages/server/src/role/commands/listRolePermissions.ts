import { listRolePermissions } from '@altostack/api'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { listRoleRows, permissionsOf } from '../role.repository.ts'
import { typesAbove } from '../role.service.ts'
import { rolePermissionView } from '../role.view.ts'

export const handler = defineHandler(listRolePermissions, {
  async list({ db, caller, entities }) {
    const page = { offset: 0, limit: Number.MAX_SAFE_INTEGER }
    const filter = { publicOnly: !isRootAdmin(caller), exceptTypes: typesAbove(caller) }
    const roles = entities.roleid ? [entities.roleid] : (await listRoleRows(db, filter, page)).rows
    const items = []
    for (const role of roles) {
      for (const permission of await permissionsOf(db, role.id)) items.push(rolePermissionView(permission, role))
    }
    return { count: items.length, items }
  },
})
