import { getUploadParamsForIso } from '@altostack/api'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { registerNewTemplate } from '../../template/index.ts'
import { makeTicket } from '../upload-ticket.ts'

export const handler = defineHandler(getUploadParamsForIso, {
  eventText: ({ input }) => `announcing the upload of ISO ${input.name}`,
  eventResource: (_call, view) => ({ type: 'Iso', uuid: (view as { readonly id?: string }).id ?? null }),
  async change({ tx, ctx, caller, input, entities }) {
    const zone = entities.zoneid
    const { id, uuid, name } = await registerNewTemplate(tx, ctx, caller, {
      name: input.name,
      displayText: input.displaytext,
      url: undefined,
      format: 'ISO',
      bootable: input.bootable !== false,
      passwordEnabled: false,
      sshKeyEnabled: false,
      hypervisor: 'None',
      osType: entities.ostypeid,
      owner: await resolveOwner(tx, caller, input.account, entities.domainid),
      isPublic: input.ispublic === true,
      isFeatured: input.isfeatured === true,
      isExtractable: input.isextractable === true,
      dynamicallyScalable: false,
      bits: 64,
      arch: 'x86_64',
      tag: undefined,
      checksum: input.checksum,
      details: {},
      zones: zone === undefined ? [] : [zone],
    })
    return await makeTicket(tx, ctx, { type: 'TemplateUpload', id, uuid, name, accountId: caller.accountId })
  },
})
