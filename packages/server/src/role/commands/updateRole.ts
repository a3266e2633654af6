import { updateRole } from '@altostack/api'
import { accountFailure, Bug } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { accountsWithRole, findRole, updateRoleColumns } from '../role.repository.ts'
import { requireFreeRoleName, requireMayGiveType, requireOwnRole } from '../role.service.ts'
import { roleView } from '../role.view.ts'

export const handler = defineHandler(updateRole, {
  eventText: ({ entities }) => `updating role ${entities.id.name}`,
  async change({ tx, caller, input, entities }) {
    const role = entities.id
    requireOwnRole(role)
    if (input.name !== undefined) await requireFreeRoleName(tx, input.name, role.id)
    if (input.type !== undefined && input.type !== role.role_type) {
      requireMayGiveType(caller, { name: role.name, role_type: input.type })
      const accounts = await accountsWithRole(tx, role.id)
      if (accounts.length > 0) {
        throw accountFailure('role.in-use', `The type of role ${role.name} cannot change: accounts have it`, {
          seen: accounts.map((account) => account.account_name).join(', '),
        })
      }
    }
    await updateRoleColumns(tx, role.id, {
      name: input.name ?? role.name,
      description: input.description ?? role.description,
      role_type: input.type ?? role.role_type,
      public_role: input.ispublic === undefined ? role.public_role : input.ispublic ? 1 : 0,
    })
    const updated = await findRole(tx, role.id)
    if (!updated) throw new Bug('the role just updated is not there')
    return roleView(updated)
  },
})
