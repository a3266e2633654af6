import { unmanageVolume } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { chooseSite, requireVolumeState, volumeLock } from '../../volume/index.ts'
import { refuseVolumeUnmanage } from '../unmanage-rules.ts'
import { volumeUnmanageWorkflow } from '../workflows/volume-unmanage.ts'

export const handler = defineHandler(unmanageVolume, {
  submit: async ({ ctx, tx, entities }) => {
    const { id: volume } = entities
    requireVolumeState(volume, ['Ready'], 'letting go of it')
    await refuseVolumeUnmanage(tx, volume)
    return {
      workflow: volumeUnmanageWorkflow,
      lockKey: volumeLock(volume),
      instance: { type: 'Volume', id: volume.id, uuid: volume.uuid },
      owner: { accountId: volume.account_id, domainId: volume.domain_id },
      input: { volumeId: volume.id, site: await chooseSite(tx, ctx, undefined, [volume.pool_id!]) },
    }
  },
  result: async () => undefined,
  eventText: ({ entities }) => `unmanaging volume: ${entities.id.uuid}`,
})
