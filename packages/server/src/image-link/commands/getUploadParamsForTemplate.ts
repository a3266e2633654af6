import { getUploadParamsForTemplate, mapEntries } from '@altostack/api'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { registerNewTemplate } from '../../template/index.ts'
import { makeTicket } from '../upload-ticket.ts'

export const handler = defineHandler(getUploadParamsForTemplate, {
  eventText: ({ input }) => `announcing the upload of template ${input.name}`,
  eventResource: (_call, view) => ({ type: 'Template', uuid: (view as { readonly id?: string }).id ?? null }),
  async change({ tx, ctx, caller, input, entities }) {
    const zone = entities.zoneid
    const { id, uuid, name } = await registerNewTemplate(tx, ctx, caller, {
      name: input.name,
      displayText: input.displaytext,
      url: undefined,
      format: 'QCOW2',
      passwordEnabled: input.passwordenabled === true,
      sshKeyEnabled: input.sshkeyenabled === true,
      hypervisor: input.hypervisor,
      osType: entities.ostypeid,
      owner: await resolveOwner(tx, caller, input.account, entities.domainid),
      isPublic: input.ispublic === true,
      isFeatured: input.isfeatured === true,
      isExtractable: input.isextractable === true,
      dynamicallyScalable: input.isdynamicallyscalable === true,
      bits: input.bits ?? 64,
      arch: input.arch ?? 'x86_64',
      tag: input.templatetag,
      checksum: input.checksum,
      details: mapEntries(input.details),
      zones: zone === undefined ? [] : [zone],
    })
    return await makeTicket(tx, ctx, { type: 'TemplateUpload', id, uuid, name, accountId: caller.accountId })
  },
})
