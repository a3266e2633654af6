import { createRolePermission } from '@altostack/api'
import { accountFailure, Bug } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { insertPermission, permissionsOf } from '../role.repository.ts'
import { requireOwnRole, requireRule } from '../role.service.ts'
import { rolePermissionView } from '../role.view.ts'

export const handler = defineHandler(createRolePermission, {
  eventText: ({ input, entities }) => `adding rule ${input.rule} to role ${entities.roleid.name}`,
  async change({ tx, ctx, input, entities }) {
    const role = entities.roleid
    requireOwnRole(role)
    const rule = requireRule(input.rule)
    const present = await permissionsOf(tx, role.id)
    if (present.some((permission) => permission.rule.toLowerCase() === rule.toLowerCase())) {
      throw accountFailure('account.name-taken', `The role ${role.name} has a rule ${rule} already`)
    }
    const uuid = ctx.runtime.uuid()
    await insertPermission(tx, {
      uuid,
      role_id: role.id,
      rule,
      permission: input.permission.toUpperCase(),
      description: input.description ?? null,
      sort_order: Math.max(-1, ...present.map((permission) => permission.sort_order)) + 1,
    })
    ctx.afterCommit(() => ctx.roleRules.forget())
    const added = (await permissionsOf(tx, role.id)).find((permission) => permission.uuid === uuid)
    if (!added) throw new Bug('the rule just written is not there')
    return rolePermissionView(added, role)
  },
})
