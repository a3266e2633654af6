import { type Answer, type CommandDefinition, jobResult } from '@altostack/api'
import type { Caller } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { jobStatus } from './end-job.ts'
import { sealResult } from './sealed-result.ts'
import { withoutSecrets } from './submit-job.ts'

export type DoneJob = {
  readonly definition: CommandDefinition
  readonly caller: Caller
  readonly input: Readonly<Record<string, unknown>>
  readonly answer: Answer
  /** False: the row holds no result, and each question makes it anew. */
  readonly keepResult: boolean
  readonly now: number
}

/** The job of an async command that its transaction has already done: clients poll it once and find it ended. */
export async function writeDoneJob(tx: Tx, ctx: ServerContext, job: DoneJob): Promise<string> {
  const { definition, caller, answer, now } = job
  const uuid = ctx.runtime.uuid()
  const made = answer.kind === 'object' ? (answer.view as { readonly id?: unknown }).id : undefined
  const named = job.input.id
  const instance = typeof made === 'string' ? made : typeof named === 'string' ? named : null
  await tx
    .insertInto('async_job')
    .values({
      uuid,
      user_id: caller.userId,
      account_id: caller.accountId,
      domain_id: caller.domainId,
      instance_type: instance === null ? null : (definition.params.id?.entity ?? null),
      instance_uuid: instance,
      job_cmd: definition.name,
      job_cmd_info: JSON.stringify(withoutSecrets(definition, job.input)),
      job_status: jobStatus.done,
      job_result: job.keepResult
        ? sealResult(ctx, JSON.stringify(jobResult(definition, answer, caller.roleType)))
        : null,
      created: now,
      last_updated: now,
      completed: now,
    })
    .execute()
  return uuid
}
