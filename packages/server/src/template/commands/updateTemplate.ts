import { updateTemplate } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { changeTemplate } from '../change-template.ts'
import { requireKind } from '../image-kind.ts'
import { zoneOfTemplate } from '../template.repository.ts'
import { templateViews } from '../template.view.ts'

export const handler = defineHandler(updateTemplate, {
  eventText: ({ entities }) => `updating template ${entities.id.name}`,
  async change({ tx, caller, input, entities }) {
    const { id: template, ostypeid } = entities
    requireKind(template, 'Template')
    await changeTemplate(tx, caller, template, ostypeid, input)
    const zoneId = await zoneOfTemplate(tx, template.id)
    return (await templateViews(tx, caller, [{ templateId: template.id, zoneId }]))[0] ?? {}
  },
})
