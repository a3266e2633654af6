import { updateVolume } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { updateVolumeColumns } from '../volume.repository.ts'
import { volumeViews } from '../volume.view.ts'

export const handler = defineHandler(updateVolume, {
  change: async ({ ctx, tx, caller, input, entities }) => {
    const { id: volume } = entities
    if (input.displayvolume !== undefined && !isRootAdmin(caller)) {
      throw apiFailure('api.permission', 'Only root administrators change displayvolume')
    }
    if (input.name === '') throw apiFailure('api.parameter', 'name is empty')
    await updateVolumeColumns(tx, volume.id, {
      updated: ctx.runtime.now(),
      ...(input.name === undefined ? {} : { name: input.name }),
      ...(input.displayvolume === undefined ? {} : { display_volume: input.displayvolume ? 1 : 0 }),
      ...(input.deleteprotection === undefined ? {} : { delete_protection: input.deleteprotection ? 1 : 0 }),
    })
    return (await volumeViews(tx, [volume.id]))[0] ?? {}
  },
  eventText: ({ entities }) => `updating volume: ${entities.id.uuid}`,
})
