import { updateIsoPermissions } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireKind } from '../image-kind.ts'
import { changePermissions } from '../permissions.ts'

export const handler = defineHandler(updateIsoPermissions, {
  eventText: ({ entities }) => `updating who may use ISO ${entities.id.name}`,
  async change({ tx, ctx, caller, input, entities }) {
    requireKind(entities.id, 'ISO')
    await changePermissions(tx, ctx, caller, entities.id, input)
  },
})
