import { getUploadParamsForVolume } from '@altostack/api'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { newUpload } from '../../volume/index.ts'
import { makeTicket } from '../upload-ticket.ts'

export const handler = defineHandler(getUploadParamsForVolume, {
  eventText: ({ input }) => `announcing the upload of volume ${input.name}`,
  eventResource: (_call, view) => ({ type: 'Volume', uuid: (view as { readonly id?: string }).id ?? null }),
  async change({ tx, ctx, caller, input, entities }) {
    const volume = await newUpload(tx, ctx, {
      name: input.name,
      url: undefined,
      zone: entities.zoneid,
      owner: await resolveOwner(tx, caller, input.account, entities.domainid),
      offering: entities.diskofferingid,
      checksum: input.checksum,
    })
    const { id, uuid, name } = volume
    return await makeTicket(tx, ctx, { type: 'VolumeUpload', id, uuid, name, accountId: caller.accountId })
  },
})
