import { extractTemplate } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { extractImage } from '../extract-template.ts'

export const handler = defineHandler(extractTemplate, {
  eventText: ({ entities }) => `extracting template ${entities.id.name}`,
  change: async ({ tx, ctx, caller, entities }) =>
    extractImage(tx, ctx, caller, 'Template', { template: entities.id, zone: entities.zoneid }),
})
