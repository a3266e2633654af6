import { deleteIso } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { beginDelete } from '../begin-delete.ts'
import { requireKind } from '../image-kind.ts'

export const handler = defineHandler(deleteIso, {
  eventText: ({ entities }) => `deleting ISO ${entities.id.name}`,
  async submit({ tx, ctx, entities, now }) {
    requireKind(entities.id, 'ISO')
    return beginDelete(tx, ctx, entities.id, { zone: entities.zoneid, forced: false, now })
  },
  result: async () => undefined,
})
