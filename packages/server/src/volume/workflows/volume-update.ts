import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { updateVolumeColumns } from '../volume.repository.ts'

/** Changes of a volume that has no file yet: nothing but its row. */
export type VolumeUpdateInput = {
  readonly volumeId: number
  readonly set: { readonly size: number; readonly disk_offering_id: number | null }
}

export const volumeUpdateWorkflow = defineWorkflow<ServerContext, VolumeUpdateInput, Database>('volume.update')
  .transact('write', {
    do: async (tx, s) => {
      const set = { ...s.input.set, updated: s.ctx.runtime.now() }
      await updateVolumeColumns(tx, s.input.volumeId, set)
    },
  })
  .build()
