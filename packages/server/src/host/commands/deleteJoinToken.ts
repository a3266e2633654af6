import { deleteJoinToken } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { removeJoinToken } from '../join-token.repository.ts'

export const handler = defineHandler(deleteJoinToken, {
  eventText: () => 'deleting a join token',
  async change({ tx, entities, now }) {
    await removeJoinToken(tx, entities.id.id, now)
    return undefined
  },
})
