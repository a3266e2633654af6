import { extractVolume } from '@altostack/api'
import { apiFailure, Bug, volumeFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { chooseSite, moveVolume, ownerVm, requireVolumeState, volumeLock } from '../../volume/index.ts'
import { type Extracted, requireExtraction } from '../make-link.ts'
import { volumeExtractWorkflow } from '../workflows/volume-extract.ts'

export const handler = defineHandler(extractVolume, {
  eventText: ({ entities }) => `extracting volume ${entities.id.name}`,
  async submit({ tx, ctx, caller, entities }) {
    const { id: volume, zoneid: zone } = entities
    await requireExtraction(ctx, tx, caller)
    if (volume.data_center_id !== zone.id) {
      throw apiFailure('api.parameter', `Volume ${volume.name} is not in zone ${zone.name}`)
    }
    requireVolumeState(volume, ['Ready'], 'extracting it')
    const vm = await ownerVm(tx, volume, 'extracting it')
    if (vm !== undefined && vm.state !== 'Stopped') {
      throw volumeFailure('volume.state', `Virtual machine ${vm.name} has the volume and is ${vm.state}`, {
        fix: 'Stop it or detach the volume; or make a snapshot and extract that.',
      })
    }
    const site = await chooseSite(tx, ctx, undefined, [volume.pool_id!])
    await moveVolume(tx, ctx, volume, 'SnapshotRequested', { cause: 'volume.extract' })
    return {
      workflow: volumeExtractWorkflow,
      lockKey: volumeLock(volume),
      instance: { type: 'Volume', id: volume.id, uuid: volume.uuid },
      owner: { accountId: volume.account_id, domainId: volume.domain_id },
      input: { volumeId: volume.id, copyUuid: ctx.runtime.uuid(), accountId: caller.accountId, site },
    }
  },
  async result({ output }) {
    const link = output.link as Extracted | undefined
    if (link === undefined) throw new Bug('an extraction ended without its link')
    return link
  },
})
