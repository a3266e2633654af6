import { type Answer, type CommandDefinition, isReadOnly, type Pair, parseInput, resolvePage } from '@altostack/api'
import { apiFailure, type JsonObject } from '@altostack/core'
import { isOwned, resolveScope } from '../auth/ownership.ts'
import type { ServerContext } from '../context.ts'
import { transact } from '../db/transaction.ts'
import { writeDoneJob } from '../jobs/done-job.ts'
import { pendingJobsOf } from '../jobs/job.repository.ts'
import { submitJob } from '../jobs/submit-job.ts'
import { waitForJob } from '../jobs/wait-for-job.ts'
import { type Caller, isRootAdmin } from './caller.ts'
import { recordChangeEvent, recordFailureEvent, recordSubmissionEvents } from './command-events.ts'
import { rehearseCommand } from './dryrun.ts'
import type { BoundHandler, Handler } from './handler.ts'
import { type AnyRow, type LoadedEntities, loadEntities } from './load-entities.ts'

export type CommandRequest = {
  readonly bound: BoundHandler
  readonly caller: Caller
  readonly pairs: readonly Pair[]
  /** Ends the waiting of a sync command whose caller has gone. */
  readonly signal?: AbortSignal
}

/** An answer of the contract, or one that stands as the body of the wrapper already. */
export type CommandAnswer = Answer | { readonly kind: 'raw'; readonly body: JsonObject }

/** What every form of handler is called with. */
export type Call = {
  readonly ctx: ServerContext
  readonly caller: Caller
  readonly input: Readonly<Record<string, unknown>>
  readonly entities: LoadedEntities
  readonly now: number
}

/**
 * Runs a command for a caller that may use it: reads the parameters, loads and checks the entities they name, calls the
 * handler in its transaction. Throws AltoError.
 */
export async function executeCommand(ctx: ServerContext, request: CommandRequest): Promise<CommandAnswer> {
  const { bound, caller } = request
  const { command, handler } = bound
  const { input, dryrun, ignored } = parseInput(command, request.pairs, caller.roleType)
  if (ignored.length > 0)
    ctx.log.debug({ command: command.name, ignored }, 'parameters that the command does not declare')
  const entities = await loadEntities(ctx.db, command, input, caller)
  const call: Call = { ctx, caller, input, entities, now: ctx.runtime.now() }
  if ('list' in handler) return await list(command, handler, call, request.signal)
  if ('read' in handler)
    return objectAnswer(command, await handler.read((await readCall(command, call, request.signal)) as never))
  if ('session' in handler) throw apiFailure('api.bad-request', `${command.name} cannot be called in this way`)
  if (dryrun) return { kind: 'dryrun', plan: await rehearseCommand(ctx, bound, call) }
  try {
    return 'change' in handler
      ? await change(command, handler, call)
      : await submit(command, handler, call, request.signal)
  } catch (error) {
    await recordFailureEvent(command, call, error)
    throw error
  }
}

type Form<K extends string> = Extract<Handler, { readonly [key in K]: unknown }>

async function readCall(command: CommandDefinition, call: Call, signal: AbortSignal | undefined): Promise<object> {
  const { ctx, caller, input, entities } = call
  const paged = 'pagesize' in command.params
  const size = paged ? await ctx.config.number('default.page.size') : -1
  const page = resolvePage(paged ? (input as { page?: number; pagesize?: number }) : {}, size)
  const scope = isOwned(command)
    ? await resolveScope(ctx.db, caller, input, entities.domainid as AnyRow)
    : isRootAdmin(caller)
      ? { kind: 'all' }
      : { kind: 'account', accountId: caller.accountId }
  return {
    ...call,
    signal,
    db: ctx.read,
    page: { offset: page.offset, limit: page.limit ?? Number.MAX_SAFE_INTEGER },
    scope,
  }
}

async function list(
  command: CommandDefinition,
  handler: Form<'list'>,
  call: Call,
  signal: AbortSignal | undefined,
): Promise<CommandAnswer> {
  const { count, items } = await handler.list((await readCall(command, call, signal)) as never)
  return { kind: 'list', count, items: await withJobs(command, call.ctx, items as unknown as readonly Listed[]) }
}

type Listed = { readonly id?: unknown; readonly jobid?: unknown }

/** Every object says which job is at work on it, where its answer has a place for that. */
async function withJobs(
  command: CommandDefinition,
  ctx: ServerContext,
  items: readonly Listed[],
): Promise<readonly object[]> {
  if (command.response === 'success' || !('jobid' in command.response.fields)) return items
  const uuids = items.flatMap(({ id, jobid }) => (typeof id === 'string' && jobid === undefined ? [id] : []))
  const jobs = uuids.length === 0 ? undefined : await pendingJobsOf(ctx.read, uuids)
  if (jobs === undefined || jobs.size === 0) return items
  return items.map((item) => {
    const jobid = jobs.get(item.id as string)
    return jobid === undefined ? item : { ...item, jobid, jobstatus: 0 }
  })
}

async function change(command: CommandDefinition, handler: Form<'change'>, call: Call): Promise<CommandAnswer> {
  const prepared = await handler.prepare?.(call as never)
  const isJob = command.kind === 'async' || command.kind === 'create'
  const { view, job } = await transact(call.ctx, async (tx) => {
    const made = await handler.change({ ...call, tx, dryrun: false, prepared } as never)
    await recordChangeEvent(tx, command, handler, call, made)
    const done = { definition: command, caller: call.caller, input: call.input, now: call.now }
    const answer = objectAnswer(command, made)
    const uuid = isJob ? await writeDoneJob(tx, call.ctx, { ...done, answer, keepResult: !handler.result }) : undefined
    return { view: made as { readonly id?: string } | undefined, job: uuid }
  })
  if (job === undefined) return objectAnswer(command, view)
  return {
    kind: 'job',
    jobid: job,
    ...(command.kind === 'create' && view?.id !== undefined ? { id: view.id } : {}),
    ...(handler.result && view ? { view } : {}),
  }
}

async function submit(
  command: CommandDefinition,
  handler: Form<'submit'>,
  call: Call,
  signal: AbortSignal | undefined,
): Promise<CommandAnswer> {
  const { ctx, caller, input } = call
  const { job, submission } = await transact(ctx, async (tx) => {
    const decided = await handler.submit({ ...call, tx, dryrun: false } as never)
    const startEventId = await recordSubmissionEvents(tx, command, handler, call, decided)
    const uuid = await submitJob(tx, ctx, { definition: command, caller, input, submission: decided, startEventId })
    return { job: uuid, submission: decided }
  })
  if (command.kind === 'sync') return { kind: 'raw', body: await waitForJob(ctx, job, signal) }
  return {
    kind: 'job',
    jobid: job,
    ...(command.kind === 'create' && submission.instance ? { id: submission.instance.uuid } : {}),
    ...(submission.beside ? { view: submission.beside } : {}),
  }
}

function objectAnswer(command: CommandDefinition, view: unknown): Answer {
  return command.response === 'success' || view === undefined
    ? { kind: 'success' }
    : { kind: 'object', view: view as object }
}

/** Whether the command may come by GET where changes are accepted by POST only. */
export function changesSomething(command: CommandDefinition): boolean {
  return !isReadOnly(command)
}
