import { updateRolePermission } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { permissionsOf, updatePermission } from '../role.repository.ts'
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
        await updatePermission(tx, id, { sort_order: order })
      }
    } else {
      const rule = entities.ruleid
      if (!rule || input.permission === undefined) {
        throw apiFailure('api.parameter', 'Give ruleorder, or ruleid with permission')
      }
      if (rule.role_id !== role.id) throw apiFailure('api.parameter', `The rule is not one of role ${role.name}`)
      await updatePermission(tx, rule.id, { permission: input.permission.toUpperCase() })
    }
    ctx.afterCommit(() => ctx.roleRules.forget())
  },
})
