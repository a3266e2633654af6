import { deleteVolume } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireRemovable, submitRemove } from '../begin-remove.ts'

export const handler = defineHandler(deleteVolume, {
  submit: async ({ ctx, tx, entities }) => {
    requireRemovable(entities.id)
    return await submitRemove(tx, ctx, entities.id)
  },
  result: async () => undefined,
  eventText: ({ entities }) => `deleting volume: ${entities.id.uuid}`,
})
