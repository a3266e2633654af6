import { createRole } from '@altostack/api'
import { apiFailure, Bug } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { findRole, insertPermission, insertRole, permissionsOf } from '../role.repository.ts'
import { requireFreeRoleName, requireMayGive, requireMayGiveType } from '../role.service.ts'
import { roleView } from '../role.view.ts'

export const handler = defineHandler(createRole, {
  eventText: ({ input }) => `creating role ${input.name}`,
  async change({ tx, ctx, caller, input, entities, now }) {
    const template = entities.roleid
    const roleType = input.type ?? template?.role_type
    if (roleType === undefined) throw apiFailure('api.parameter', 'Give type, or roleid of the role to start from')
    if (input.type !== undefined && template && template.role_type !== input.type) {
      throw apiFailure('api.parameter', `The role ${template.name} is of type ${template.role_type}, not ${input.type}`)
    }
    if (template) await requireMayGive(tx, caller, template)
    requireMayGiveType(caller, { name: input.name, role_type: roleType })
    await requireFreeRoleName(tx, input.name)
    const id = await insertRole(tx, {
      uuid: ctx.runtime.uuid(),
      name: input.name,
      role_type: roleType,
      description: input.description ?? null,
      public_role: input.ispublic === false ? 0 : 1,
      created: now,
    })
    for (const permission of template ? await permissionsOf(tx, template.id) : []) {
      const { rule, description, sort_order } = permission
      const uuid = ctx.runtime.uuid()
      await insertPermission(tx, {
        uuid,
        role_id: id,
        rule,
        permission: permission.permission,
        description,
        sort_order,
      })
    }
    const role = await findRole(tx, id)
    if (!role) throw new Bug('the role just written is not there')
    return roleView(role)
  },
})
