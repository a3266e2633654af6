import { type CommandDefinition, failedJobResult, failureOf, jobResult } from '@altostack/api'
import { AltoError, errorText, type JsonObject } from '@altostack/core'
import type { RunFailure, RunOutcome, Workflow } from '@altostack/workflow'
import { loadCaller } from '../auth/load-caller.ts'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import { reloadEntities } from '../command/load-entities.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { isConflict, LostRace } from '../db/errors.ts'
import { recordChange } from '../event/feed.ts'
import { recordEvent } from '../event/record-event.ts'
import { sealResult } from './sealed-result.ts'

export type JobRow = Row<'async_job'>
export const jobStatus = { pending: 0, done: 1, failed: 2 } as const

/**
 * The workflow with the end of its job in the transaction that ends the run: whoever sees the run ended sees the job
 * ended, and the result is what was true then.
 */
export function withJobEnd(workflow: Workflow): Workflow {
  const end = (tx: Tx, s: { ctx: ServerContext; runId: string; out: unknown }, outcome: RunOutcome): Promise<void> =>
    endJob(tx, s.ctx, s.runId, s.out as JsonObject, outcome)
  return Object.freeze({
    ...workflow,
    onSucceeded: async (tx: Tx, s: never) => {
      await workflow.onSucceeded?.(tx as never, s)
      await end(tx, s, { status: 'succeeded' })
    },
    onFailed: async (tx: Tx, s: never, failure: RunFailure) => {
      await workflow.onFailed?.(tx as never, s, failure)
      await end(tx, s, { status: 'failed', failure })
    },
  } as unknown as Workflow)
}

async function endJob(
  tx: Tx,
  ctx: ServerContext,
  runId: string,
  output: JsonObject,
  outcome: RunOutcome,
): Promise<void> {
  const job = await tx.selectFrom('async_job').selectAll().where('run_id', '=', runId).executeTakeFirst()
  // A run that no command asked for has no job.
  if (!job || job.job_status !== jobStatus.pending) return
  const now = ctx.runtime.now()
  const caller = await jobCaller(tx, job)
  const failed =
    outcome.status === 'failed'
      ? failureOf(runError(outcome.failure), caller !== undefined && isRootAdmin(caller))
      : undefined
  await tx
    .updateTable('async_job')
    .set({
      job_status: failed ? jobStatus.failed : jobStatus.done,
      job_result_code: failed?.errorcode ?? 0,
      job_result: failed ? JSON.stringify(failedJobResult(failed)) : await resultOrLater(tx, ctx, job, caller, output),
      completed: now,
      last_updated: now,
    })
    .where('id', '=', job.id)
    .execute()
  await endEvent(tx, ctx, ctx.handlers.find(job.job_cmd)?.command, job, outcome)
  await recordChange(tx, ctx, {
    entity: 'AsyncJob',
    entityId: job.id,
    entityUuid: job.uuid,
    from: 'Pending',
    to: failed ? 'Failed' : 'Succeeded',
    cause: job.job_cmd,
    ...(outcome.status === 'failed' ? { evidence: failureEvidence(outcome.failure) } : {}),
    accountId: job.account_id,
    domainId: job.domain_id,
  })
  ctx.afterCommit(() => ctx.jobs.ended(job.uuid))
}

/** The result as JSON; null when it could not be made now: then the first question makes it. */
async function resultOrLater(
  tx: Tx,
  ctx: ServerContext,
  job: JobRow,
  caller: Caller | undefined,
  output: JsonObject,
): Promise<string | null> {
  try {
    return sealResult(ctx, await makeResult(tx, ctx, job, caller, output))
  } catch (error) {
    if (error instanceof LostRace || isConflict(error)) throw error
    ctx.log.error({ err: error, job: job.uuid, command: job.job_cmd }, 'the result of a job could not be made')
    return null
  }
}

/** The job's result as its command answers it, shaped for who asked for the job. */
export async function makeResult(
  db: Queries,
  ctx: ServerContext,
  job: JobRow,
  caller: Caller | undefined,
  output: JsonObject,
): Promise<string> {
  const bound = ctx.handlers.find(job.job_cmd)
  if (!bound || !('result' in bound.handler) || !bound.handler.result || !caller) return '{}'
  const input = JSON.parse(job.job_cmd_info ?? '{}') as Readonly<Record<string, unknown>>
  const entities = await reloadEntities(db, bound.command, input)
  const call = { ctx, caller, input, entities, now: ctx.runtime.now(), db, output }
  const view = await bound.handler.result(call as never)
  const answer =
    bound.command.response === 'success' || view === undefined
      ? ({ kind: 'success' } as const)
      : ({ kind: 'object', view: view as object } as const)
  return JSON.stringify(jobResult(bound.command, answer, caller.roleType))
}

/** Who asked for the job, as of now; undefined when the user is gone. */
export async function jobCaller(db: Queries, job: JobRow): Promise<Caller | undefined> {
  const row = await loadCaller(db, { userId: job.user_id })
  if (!row) return undefined
  const { enabled: _, secretKey: __, keysAccepted: ___, ...caller } = row
  return { ...caller, via: 'system', remoteAddress: '' }
}

async function endEvent(
  tx: Tx,
  ctx: ServerContext,
  definition: CommandDefinition | undefined,
  job: JobRow,
  outcome: RunOutcome,
): Promise<void> {
  if (!definition?.event || job.start_event_id === 0) return
  const first = await tx.selectFrom('event').selectAll().where('id', '=', job.start_event_id).executeTakeFirst()
  if (!first) return
  const what = first.description.replace(/^Scheduled async job for /, '')
  const failed = outcome.status === 'failed'
  await recordEvent(tx, ctx, {
    type: first.type,
    level: failed ? 'ERROR' : 'INFO',
    state: 'Completed',
    description: failed ? `Error while ${what}: ${outcome.failure.message}` : `Successfully completed ${what}`,
    userId: job.user_id,
    accountId: first.account_id,
    domainId: first.domain_id,
    ...(first.resource_type
      ? {
          resource: {
            type: first.resource_type,
            id: first.resource_id ?? job.instance_id,
            uuid: first.resource_uuid ?? job.instance_uuid,
          },
        }
      : {}),
    startId: first.id,
  })
}

function runError(failure: RunFailure): AltoError {
  return new AltoError(failure.code, { api: failure.api, cause: '', fix: failure.fix }, failure.message, {
    ...(failure.seen === undefined ? {} : { seen: failure.seen }),
    ...(failure.entities ? { entities: failure.entities } : {}),
    ...(failure.evidence ? { evidence: failure.evidence } : {}),
  })
}

function failureEvidence(failure: RunFailure): JsonObject {
  return {
    code: failure.code,
    message: errorText(failure.message),
    fix: failure.fix,
    ...(failure.step ? { step: failure.step } : {}),
    ...(failure.seen ? { seen: failure.seen } : {}),
    ...(failure.evidence ? { evidence: failure.evidence } : {}),
  }
}
