import { uploadVolume } from '@altostack/api'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { newUpload } from '../new-upload.ts'
import { moveVolume } from '../volume.states.ts'
import { volumeViews } from '../volume.view.ts'
import { volumeLock } from '../volume-lock.ts'
import { volumeUploadWorkflow } from '../workflows/volume-upload.ts'

export const handler = defineHandler(uploadVolume, {
  eventText: ({ input }) => `uploading volume ${input.name}`,
  async submit({ tx, ctx, caller, input, entities }) {
    const volume = await newUpload(tx, ctx, {
      name: input.name,
      url: input.url.trim(),
      zone: entities.zoneid,
      owner: await resolveOwner(tx, caller, input.account, entities.domainid),
      offering: entities.diskofferingid,
      checksum: input.checksum,
    })
    await moveVolume(tx, ctx, volume, 'UploadRequested', { cause: 'volume.upload' })
    return {
      workflow: volumeUploadWorkflow,
      lockKey: volumeLock(volume),
      instance: { type: 'Volume', id: volume.id, uuid: volume.uuid },
      owner: { accountId: volume.account_id, domainId: volume.domain_id },
      input: { volumeId: volume.id, volumeUuid: volume.uuid, sent: false },
    }
  },
  result: async ({ db, output }) => {
    const { volumeId } = output.begin as { readonly volumeId: number }
    return (await volumeViews(db, [volumeId]))[0] ?? {}
  },
})
