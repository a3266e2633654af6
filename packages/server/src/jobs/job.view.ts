import type { asyncJobResponse, ResponseValue } from '@altostack/api'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { shownDomainPath } from '../inventory/domain-names.ts'
import { type JobRow, jobCaller, jobStatus, makeResult } from './end-job.ts'
import type { JobOwner } from './job.repository.ts'
import { openResult } from './sealed-result.ts'

type JobView = ResponseValue<typeof asyncJobResponse>

/** A job as clients poll it. A result that could not be made when the job ended is made now. */
export async function jobView(
  ctx: ServerContext,
  db: Queries,
  job: JobRow,
  owner: JobOwner | undefined,
  options: { readonly steps?: boolean; readonly text?: string | undefined } = {},
): Promise<JobView> {
  return {
    jobid: job.uuid,
    accountid: owner?.accountUuid,
    account: owner?.accountName,
    domainid: owner?.domainUuid,
    domainpath: owner ? shownDomainPath(owner.domainPath) : undefined,
    userid: owner?.userUuid,
    cmd: job.job_cmd,
    description: options.text,
    jobstatus: job.job_status,
    jobprocstatus: job.job_process_status,
    jobresultcode: job.job_result_code,
    ...(job.job_status === jobStatus.pending
      ? { progress: await progress(db, job) }
      : { jobresulttype: 'object', jobresult: JSON.parse(await result(ctx, db, job)) as object }),
    jobinstancetype: job.instance_type,
    jobinstanceid: job.instance_uuid,
    created: job.created,
    completed: job.completed,
    ...(options.steps ? { steps: await steps(db, job) } : {}),
  }
}

async function result(ctx: ServerContext, db: Queries, job: JobRow): Promise<string> {
  if (job.job_result !== null) return openResult(ctx, job.job_result)
  return await makeResult(db, ctx, job, await jobCaller(db, job), {})
}

/** What the step in flight last reported. */
async function progress(db: Queries, job: JobRow): Promise<object | undefined> {
  if (job.run_id === null) return undefined
  const run = await db.selectFrom('workflow_run').select('progress').where('id', '=', job.run_id).executeTakeFirst()
  return run?.progress ? (JSON.parse(run.progress) as object) : undefined
}

/** The steps of its run as they were saved, in their order; none for a job that was done at once. */
async function steps(db: Queries, job: JobRow): Promise<readonly object[] | undefined> {
  if (job.run_id === null) return undefined
  const rows = await db
    .selectFrom('workflow_step')
    .select(['name', 'status', 'attempts', 'started_at', 'ended_at'])
    .where('run_id', '=', job.run_id)
    .orderBy('seq')
    .execute()
  return rows.map((row) => ({
    name: row.name,
    status: row.status,
    attempts: row.attempts,
    started: row.started_at,
    ended: row.ended_at,
  }))
}
