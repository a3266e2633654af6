import { deleteRolePermission } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { deletePermission, findRole } from '../role.repository.ts'
import { requireOwnRole } from '../role.service.ts'

export const handler = defineHandler(deleteRolePermission, {
  eventText: ({ entities }) => `deleting rule ${entities.id.rule}`,
  async change({ tx, ctx, entities }) {
    const role = await findRole(tx, entities.id.role_id)
    if (role) requireOwnRole(role)
    await deletePermission(tx, entities.id.id)
    ctx.afterCommit(() => ctx.roleRules.forget())
  },
})
