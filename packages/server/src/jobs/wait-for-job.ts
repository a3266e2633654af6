import { AltoError, apiFailure, type JsonObject } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { jobStatus } from './end-job.ts'
import { openResult } from './sealed-result.ts'

const sliceMs = 60_000

/**
 * Waits for the end of a job whose command answers at once, and answers its result as it is. The job goes on when the
 * caller leaves or this server stops.
 */
export async function waitForJob(
  ctx: ServerContext,
  jobUuid: string,
  signal: AbortSignal | undefined,
): Promise<JsonObject> {
  for (;;) {
    // Registered before the look: an end between the two is not missed.
    const next = ctx.jobs.next(jobUuid, sliceMs, signal)
    const job = await ctx.db.selectFrom('async_job').selectAll().where('uuid', '=', jobUuid).executeTakeFirstOrThrow()
    if (job.job_status === jobStatus.failed) throw failedJob(job.job_result)
    if (job.job_status === jobStatus.done)
      return topLevel(JSON.parse(openResult(ctx, job.job_result ?? '{}')) as JsonObject)
    if (signal?.aborted) {
      throw apiFailure('api.unavailable', 'The server stopped waiting; the operation goes on', {
        fix: `Ask queryAsyncJobResult for job ${jobUuid}.`,
      })
    }
    await next
  }
}

/** The failure of a job as its caller's own: the text is the one made for that caller. */
function failedJob(result: string | null): AltoError {
  const { errorcode, errortext } = JSON.parse(result ?? '{}') as { errorcode?: number; errortext?: string }
  return new AltoError('job.failed', { api: errorcode ?? 530, cause: '', fix: '' }, errortext ?? 'The operation failed')
}

/** A success inside a job says `details` where the top level says `displaytext`. */
function topLevel({ details, ...rest }: JsonObject): JsonObject {
  return details === undefined || rest.success === undefined
    ? { ...rest, ...(details === undefined ? {} : { details }) }
    : { ...rest, displaytext: details }
}
