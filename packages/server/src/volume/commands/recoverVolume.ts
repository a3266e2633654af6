import { recoverVolume } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireVolumeExpungeRight } from '../begin-remove.ts'
import { moveVolume } from '../volume.states.ts'
import { volumeViews } from '../volume.view.ts'
import { requireVolumeState } from '../volume-rules.ts'

/** A destroyed volume still counts against the limits of its account, so bringing it back cannot exceed them. */
export const handler = defineHandler(recoverVolume, {
  change: async ({ ctx, tx, caller, entities }) => {
    const { id: volume } = entities
    await requireVolumeExpungeRight(ctx, tx, caller)
    requireVolumeState(volume, ['Destroy'], 'recovering it')
    await moveVolume(tx, ctx, volume, 'RecoverRequested', { cause: 'volume.recover' })
    return (await volumeViews(tx, [volume.id]))[0] ?? {}
  },
  plan: async ({ entities }) => ({ moves: [{ entity: entities.id.uuid, from: 'Destroy', to: 'Ready' }] }),
  eventText: ({ entities }) => `recovering volume: ${entities.id.uuid}`,
})
