import { deleteAccount } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { removeAccount } from '../account.service.ts'

export const handler = defineHandler(deleteAccount, {
  eventText: ({ entities }) => `deleting account ${entities.id.account_name}`,
  async change({ tx, ctx, caller, entities, now }) {
    if (entities.id.id === caller.accountId) throw apiFailure('api.permission', 'Nobody deletes his own account')
    await removeAccount(tx, ctx, entities.id, now)
  },
})
