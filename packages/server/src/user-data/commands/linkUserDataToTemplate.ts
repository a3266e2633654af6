import { linkUserDataToTemplate } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { templateViews } from '../../template/index.ts'
import { linkTemplate } from '../user-data.repository.ts'

export const handler = defineHandler(linkUserDataToTemplate, {
  async change({ tx, caller, input, entities }) {
    const { templateid: template, userdataid: userData } = entities
    const policy = input.userdatapolicy?.toUpperCase() ?? 'ALLOWOVERRIDE'
    await linkTemplate(tx, template.id, userData === undefined ? undefined : { userDataId: userData.id, policy })
    return (await templateViews(tx, caller, [{ templateId: template.id, zoneId: null }]))[0] ?? {}
  },
  eventText: ({ entities }) => `linking userdata to template ${entities.templateid.name}`,
})
