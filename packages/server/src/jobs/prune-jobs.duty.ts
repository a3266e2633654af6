import { pruneSessions } from '../auth/sessions.ts'
import type { Duty } from '../duties/duty.ts'

/** Forgets finished jobs after job.expire.minutes, and sessions that have ended. */
export const pruneJobsDuty: Duty = {
  name: 'prune-jobs',
  pauseMs: async () => 600_000,
  run: async (ctx) => {
    const before = ctx.runtime.now() - (await ctx.config.number('job.expire.minutes')) * 60_000
    await ctx.db.deleteFrom('async_job').where('job_status', '!=', 0).where('completed', '<', before).execute()
    await pruneSessions(ctx)
  },
}
