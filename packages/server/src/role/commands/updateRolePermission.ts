import { updateRolePermission } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { permissionsOf } from '../role.repository.ts'
import { requireOwnRole } from '../role.service.ts'

export const handler = defineHandler(updateRolePermission, {
  eventText: ({ entities }) => `updating the rules of role ${entities.roleid.name}`,
  async change({ tx, ctx, input, entities }) {
    const role = entities.roleid
    requireOwnRole(role)
    const own = await permissionsOf(tx, role.id)
    if (entities.ruleorder && entities.ruleid) {
      throw apiFailure('api.parameter', 'Give ruleorder, or ruleid with permission, not both')
    }
    if (entities.ruleorder) {
      const named = entities.ruleorder.map((permission) => permission.id)
      const complete = named.length === own.length && own.every((permission) => named.includes(permission.id))
      if (!complete) {
        throw apiFailure('api.parameter', `ruleorder names all ${own.length} rules of role ${role.name}, each once`)
      }
      for (const [order, id] of named.entries()) {
        await tx.updateTable('role_permissions').set({ sort_order: order }).where('id', '=', id).execute()
      }
    } else {
      const rule = entities.ruleid
      if (!rule || input.permission === undefined) {
        throw apiFailure('api.parameter', 'Give ruleorder, or ruleid with permission')
      }
      if (rule.role_id !== role.id) throw apiFailure('api.parameter', `The rule is not one of role ${role.name}`)
      await tx
        .updateTable('role_permissions')
        .set({ permission: input.permission.toUpperCase() })
        .where('id', '=', rule.id)
        .execute()
    }
    ctx.afterCommit(() => ctx.roleRules.forget())
  },
})
