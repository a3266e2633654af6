import type { CommandDefinition } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { LockBusy } from '@altostack/workflow'
import type { Caller } from '../command/caller.ts'
import type { Submission } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'

export type NewJob = {
  readonly definition: CommandDefinition
  readonly caller: Caller
  readonly input: Readonly<Record<string, unknown>>
  readonly submission: Submission
  readonly startEventId: number
}

/** Writes the job and its run in the caller's transaction; the run begins after the commit. Answers the job's uuid. */
export async function submitJob(tx: Tx, ctx: ServerContext, job: NewJob): Promise<string> {
  const { definition, caller, submission } = job
  const now = ctx.runtime.now()
  const uuid = ctx.runtime.uuid()
  const runId = await startRun(tx, ctx, submission)
  await tx
    .insertInto('async_job')
    .values({
      uuid,
      user_id: caller.userId,
      account_id: caller.accountId,
      domain_id: caller.domainId,
      instance_type: submission.instance?.type ?? null,
      instance_id: submission.instance?.id ?? null,
      instance_uuid: submission.instance?.uuid ?? null,
      job_cmd: definition.name,
      job_cmd_info: JSON.stringify(withoutSecrets(definition, job.input)),
      run_id: runId,
      start_event_id: job.startEventId,
      created: now,
      last_updated: now,
    })
    .execute()
  ctx.afterCommit(() => ctx.engine.kick(runId))
  return uuid
}

async function startRun(tx: Tx, ctx: ServerContext, { workflow, input, lockKey }: Submission): Promise<string> {
  try {
    return await ctx.engine.start(tx, workflow, input, lockKey === undefined ? {} : { lockKey })
  } catch (error) {
    if (!(error instanceof LockBusy)) throw error
    throw apiFailure('api.in-use', 'Another operation on the same object is still running', {
      seen: `${error.lockKey} is held by run ${error.runId}`,
      fix: 'Wait until that operation ends, or cancel its job.',
      cause: error,
    })
  }
}

/** The input as it may be stored: what the command marks as sensitive is left out. */
export function withoutSecrets(
  definition: CommandDefinition,
  input: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(input).filter(([name]) => definition.params[name]?.sensitive !== true))
}
