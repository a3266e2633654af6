import { createTemplate, mapEntries } from '@altostack/api'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { beginTemplate } from '../begin-template.ts'
import { zoneOfTemplate } from '../template.repository.ts'
import { templateViews } from '../template.view.ts'

export const handler = defineHandler(createTemplate, {
  submit: async ({ ctx, tx, caller, input, entities }) =>
    beginTemplate(tx, ctx, caller, {
      name: input.name,
      displayText: input.displaytext,
      osTypeId: entities.ostypeid.id,
      isPublic: input.ispublic === true,
      isFeatured: input.isfeatured === true,
      passwordEnabled: input.passwordenabled === true,
      sshKeyEnabled: input.sshkeyenabled === true,
      dynamicallyScalable: input.isdynamicallyscalable === true,
      tag: input.templatetag,
      arch: input.arch ?? 'x86_64',
      details: mapEntries(input.details),
      zone: entities.zoneid,
      owner: input.account === undefined ? undefined : await resolveOwner(tx, caller, input.account, entities.domainid),
      snapshot: entities.snapshotid,
      volume: entities.volumeid,
    }),
  result: async ({ db, caller, output }) => {
    const { templateId } = output.begin as { readonly templateId: number }
    const zoneId = await zoneOfTemplate(db, templateId)
    return (await templateViews(db, caller, [{ templateId, zoneId }]))[0] ?? {}
  },
  eventText: ({ input }) => `creating template ${input.name}`,
})
