import { cancelAsyncJob } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'

export const handler = defineHandler(cancelAsyncJob, {
  change: async ({ ctx, tx, entities }) => {
    const job = entities.jobid
    const runId = job.run_id
    if (runId === null || !(await ctx.engine.cancel(tx, runId))) {
      throw apiFailure('api.parameter', `Job ${job.uuid} has ended, or is being taken back already`, {
        fix: 'Ask queryAsyncJobResult how it ended.',
      })
    }
    ctx.afterCommit(() => ctx.engine.wake(runId))
    return undefined
  },
  eventText: ({ entities }) => `cancel job ${entities.jobid.uuid} (${entities.jobid.job_cmd})`,
})
