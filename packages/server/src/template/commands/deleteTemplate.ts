import { deleteTemplate } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { beginDelete } from '../begin-delete.ts'
import { requireKind } from '../image-kind.ts'

export const handler = defineHandler(deleteTemplate, {
  eventText: ({ entities }) => `deleting template ${entities.id.name}`,
  async submit({ tx, ctx, input, entities, now }) {
    requireKind(entities.id, 'Template')
    return beginDelete(tx, ctx, entities.id, { zone: entities.zoneid, forced: input.forced === true, now })
  },
  result: async () => undefined,
})
