import { destroyVolume } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireRemovable, requireVolumeExpungeRight, submitRemove, throwAway } from '../begin-remove.ts'
import { volumeViews } from '../volume.view.ts'
import { volumeDestroyWorkflow } from '../workflows/volume-destroy.ts'

export const handler = defineHandler(destroyVolume, {
  submit: async ({ ctx, tx, caller, input, entities }) => {
    const { id: volume } = entities
    requireRemovable(volume)
    // A volume without a file cannot be brought back, so there is no bin for it.
    const expunge = input.expunge === true || volume.pool_id === null
    if (input.expunge === true) await requireVolumeExpungeRight(ctx, tx, caller)
    if (expunge) return await submitRemove(tx, ctx, volume)
    await throwAway(tx, ctx, volume, 'volume.destroy')
    return {
      workflow: volumeDestroyWorkflow,
      lockKey: `volume:${volume.id}`,
      instance: { type: 'Volume', id: volume.id, uuid: volume.uuid },
      input: { volumeId: volume.id },
    }
  },
  plan: async ({ input, entities }) => ({
    moves: [{ entity: entities.id.uuid, from: entities.id.state, to: input.expunge === true ? 'Expunged' : 'Destroy' }],
  }),
  result: async ({ db, entities }) => (await volumeViews(db, [entities.id.id]))[0] ?? {},
  eventText: ({ entities }) => `destroying volume: ${entities.id.uuid}`,
})
