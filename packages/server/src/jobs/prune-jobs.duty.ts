import { pruneRuns } from '@altostack/workflow'
import { pruneSessions } from '../auth/sessions.ts'
import { deleteInSlices } from '../db/delete-in-slices.ts'
import type { Duty } from '../duties/duty.ts'

/** Runs deleted in one transaction. */
const slice = 200

/** Forgets finished jobs and ended runs after job.expire.minutes, and sessions that have ended. */
export const pruneJobsDuty: Duty = {
  name: 'prune-jobs',
  pauseMs: async () => 600_000,
  run: async (ctx) => {
    const before = ctx.runtime.now() - (await ctx.config.number('job.expire.minutes')) * 60_000
    await deleteInSlices(
      ctx.runtime,
      (limit) =>
        ctx.db
          .selectFrom('async_job')
          .select('id')
          .where('job_status', '!=', 0)
          .where('completed', '<', before)
          .limit(limit)
          .execute(),
      (ids) => ctx.db.deleteFrom('async_job').where('id', 'in', ids).execute(),
    )
    while ((await pruneRuns(ctx.db, { endedBefore: before, limit: slice })) === slice) await ctx.runtime.sleep(50)
    await pruneSessions(ctx)
  },
}
