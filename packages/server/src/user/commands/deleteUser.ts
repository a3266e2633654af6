import { deleteUser } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { removeUsers } from '../user.repository.ts'
import { requireOwnUser } from '../user.service.ts'

export const handler = defineHandler(deleteUser, {
  eventText: ({ entities }) => `deleting user ${entities.id.username}`,
  async change({ tx, caller, entities, now }) {
    const user = entities.id
    requireOwnUser(user)
    if (user.id === caller.userId) throw apiFailure('api.permission', 'Nobody deletes himself')
    await removeUsers(tx, [user.id], now)
  },
})
