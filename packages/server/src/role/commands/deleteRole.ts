import { deleteRole } from '@altostack/api'
import { accountFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { accountsWithRole, removeRole } from '../role.repository.ts'
import { requireOwnRole } from '../role.service.ts'

export const handler = defineHandler(deleteRole, {
  eventText: ({ entities }) => `deleting role ${entities.id.name}`,
  async change({ tx, ctx, entities, now }) {
    const role = entities.id
    requireOwnRole(role)
    const accounts = await accountsWithRole(tx, role.id)
    if (accounts.length > 0) {
      throw accountFailure('role.in-use', `The role ${role.name} cannot be deleted: accounts have it`, {
        seen: accounts.map((account) => account.account_name).join(', '),
        entities: accounts.map((account) => ({ uuid: account.uuid, description: 'account' })),
      })
    }
    await removeRole(tx, role.id, now)
    ctx.afterCommit(() => ctx.roleRules.forget())
  },
})
