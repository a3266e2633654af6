import { deleteInSlices } from '../db/delete-in-slices.ts'
import type { Duty } from '../duties/duty.ts'
import { deleteTagRows, selectLooseTags } from './tag.repository.ts'

/** Tags outlive their object by an hour at most; nobody sees them meanwhile. */
export const pruneTagsDuty: Duty = {
  name: 'prune-tags',
  pauseMs: async () => 3_600_000,
  run: async (ctx) => {
    await deleteInSlices(
      ctx.runtime,
      (limit) => selectLooseTags(ctx.db, limit),
      (ids) => deleteTagRows(ctx.db, ids),
    )
  },
}
