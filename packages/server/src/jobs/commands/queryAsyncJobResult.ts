import { queryAsyncJobResult } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { accessRules } from '../../auth/access-rules.ts'
import { defineHandler, type ReadCall } from '../../command/handler.ts'
import type { Row } from '../../db/database.ts'
import { jobStatus } from '../end-job.ts'
import { findJob, jobOwners, jobTexts, newestJobOf } from '../job.repository.ts'
import { jobView } from '../job.view.ts'

type Call = ReadCall<typeof queryAsyncJobResult>

export const handler = defineHandler(queryAsyncJobResult, {
  read: async (call) => {
    const { ctx, db, input } = call
    let job = call.entities.jobid ?? (await jobOfResource(call))
    const waitMs =
      input.wait === undefined ? await ctx.config.number('alto.job.query.wait.milliseconds') : input.wait * 1000
    const until = ctx.runtime.monotonic() + waitMs
    while (job.job_status === jobStatus.pending) {
      const left = until - ctx.runtime.monotonic()
      if (left <= 0) break
      // Registered before the look: an end between the two is not missed.
      const next = ctx.jobs.next(job.uuid, left, call.signal)
      job = (await findJob(db, job.uuid)) ?? job
      if (job.job_status !== jobStatus.pending || call.signal?.aborted) break
      await next
      job = (await findJob(db, job.uuid)) ?? job
    }
    const owners = await jobOwners(db, [job])
    const text = (await jobTexts(db, [job])).get(job.start_event_id)
    return await jobView(ctx, db, job, owners.get(job.user_id), { steps: true, text })
  },
})

async function jobOfResource({ db, input, caller }: Call): Promise<Row<'async_job'>> {
  const { resourceid, resourcetype } = input
  if (!resourceid || !resourcetype) {
    throw apiFailure('api.parameter', 'Give jobid, or resourceid together with resourcetype')
  }
  const job = await newestJobOf(db, resourcetype, resourceid)
  if (!job) throw apiFailure('api.parameter', `No job of ${resourcetype} ${resourceid} is kept`)
  if (!(await accessRules.AsyncJob.may(db, caller, job, 'list'))) {
    throw apiFailure('api.permission', 'The job belongs to somebody else')
  }
  return job
}
