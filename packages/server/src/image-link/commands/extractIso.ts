import { extractIso } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { extractImage } from '../extract-template.ts'

export const handler = defineHandler(extractIso, {
  eventText: ({ entities }) => `extracting ISO ${entities.id.name}`,
  change: async ({ tx, ctx, caller, entities }) =>
    extractImage(tx, ctx, caller, 'ISO', { template: entities.id, zone: entities.zoneid }),
})
