import { deleteUser } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { requireOwnUser } from '../user.service.ts'

export const handler = defineHandler(deleteUser, {
  eventText: ({ entities }) => `deleting user ${entities.id.username}`,
  async change({ tx, caller, entities, now }) {
    const user = entities.id
    requireOwnUser(user)
    if (user.id === caller.userId) throw apiFailure('api.permission', 'Nobody deletes himself')
    await tx.deleteFrom('user_session').where('user_id', '=', user.id).execute()
    await tx
      .updateTable('user')
      .set({ removed: now, state: 'disabled', api_key: null, secret_key: null })
      .where('id', '=', user.id)
      .execute()
  },
})
