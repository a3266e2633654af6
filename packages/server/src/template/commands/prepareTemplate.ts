import { prepareTemplate } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { poolsForTemplate } from '../template.repository.ts'
import { templateViews } from '../template.view.ts'
import { requireUsable } from '../usable-image.ts'
import { templatePrepareWorkflow } from '../workflows/template-prepare.ts'

export const handler = defineHandler(prepareTemplate, {
  async submit({ tx, entities }) {
    const { templateid: template, zoneid: zone, storageid: pool } = entities
    await requireUsable(tx, template, zone)
    const poolIds = await poolsForTemplate(tx, zone, pool)
    return {
      workflow: templatePrepareWorkflow,
      lockKey: `prepare:${template.id}`,
      input: { templateId: template.id, poolIds },
    }
  },
  result: async ({ db, caller, entities }) =>
    (await templateViews(db, caller, [{ templateId: entities.templateid.id, zoneId: entities.zoneid.id }]))[0] ?? {},
})
