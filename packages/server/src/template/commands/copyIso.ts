import { copyIso } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { copyToZones } from '../copy-to-zones.ts'
import { requireKind } from '../image-kind.ts'
import { templateViews } from '../template.view.ts'

export const handler = defineHandler(copyIso, {
  eventText: ({ entities }) => `copying ISO ${entities.id.name}`,
  async change({ tx, ctx, caller, entities }) {
    const { id: template, sourcezoneid: source, destzoneid: one, destzoneids: several } = entities
    requireKind(template, 'ISO')
    const zone = await copyToZones(tx, ctx, template, { source, one, several })
    return (await templateViews(tx, caller, [{ templateId: template.id, zoneId: zone.id }]))[0] ?? {}
  },
})
