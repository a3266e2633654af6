import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'

/** A volume that its command put into the bin; the clean-up empties it later. */
export const volumeDestroyWorkflow = defineWorkflow<ServerContext, { readonly volumeId: number }, Database>(
  'volume.destroy',
)
  .transact('note', { do: async (_tx, s) => ({ volumeId: s.input.volumeId }) })
  .build()
