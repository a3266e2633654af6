import {
  answerText,
  type CommandDefinition,
  errorWrapper,
  type Failure,
  failureOf,
  firstValue,
  parseInput,
  requirePost,
  serialise,
  type WireFormat,
  wireFormat,
  wrapperOf,
} from '@altostack/api'
import { AltoError, apiFailure, Bug, InvalidTransitionError, type JsonObject } from '@altostack/core'
import { alertTypes, raiseAlert } from '../alert/index.ts'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import { type CommandAnswer, changesSomething, executeCommand } from '../command/execute.ts'
import type { BoundHandler } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import { isConflict, isDiskFull, LostRace } from '../db/errors.ts'
import { transact } from '../db/transaction.ts'
import { withLogScope } from '../log/logger.ts'
import { cloudStackVersion } from '../system/version.ts'
import { type Arrival, identify } from './identify.ts'

export type ApiRequest = Arrival & { readonly method: string; readonly signal: AbortSignal }
export type ApiAnswer = {
  readonly status: number
  readonly format: WireFormat
  readonly body: string
  /** Seldom another: the caller may keep it and ask whether it still holds. */
  readonly revalidate?: boolean
  /** Of a failure, for X-Description. */
  readonly description?: string
  /** Set at login, cleared at logout. */
  readonly cookies?: { readonly token: string; readonly sessionKey: string } | 'clear'
}

/** Answers one request of /client/api, whatever becomes of it: failures are answers too. */
export async function answerCommand(ctx: ServerContext, request: ApiRequest): Promise<ApiAnswer> {
  const format = wireFormat(firstValue(request.pairs, 'response'))
  const name = firstValue(request.pairs, 'command') ?? ''
  const bound = ctx.handlers.find(name)
  const started = ctx.runtime.monotonic()
  let caller: Caller | undefined
  try {
    if (ctx.halted.cause !== undefined) throw ctx.halted.cause
    if (bound && 'session' in bound.handler) return await answerSession(ctx, request, bound, format)
    caller = await identify(ctx, request)
    await ctx.limits.count(ctx, caller)
    const known = await permitted(ctx, caller, bound, name)
    requirePost(
      request.method,
      caller.via !== 'integration' && (await ctx.config.flag('enforce.post.requests.and.timestamps')),
      !changesSomething(known.command),
    )
    const { command } = known
    const who = caller
    const answer = await withLogScope({ command: command.name, user: who.username }, () =>
      executeCommand(ctx, { bound: known, caller: who, pairs: request.pairs, signal: request.signal }),
    )
    const text =
      answer.kind === 'raw'
        ? serialise(format, wrapperOf(command), answer.body, cloudStackVersion)
        : answerText(command, answer, caller.roleType, { format, version: cloudStackVersion })
    logAnswer(ctx, command, who, answer, ctx.runtime.monotonic() - started)
    return { status: 200, format, body: text, ...(command.seldomChanges ? { revalidate: true } : {}) }
  } catch (error) {
    return failureAnswer(ctx, error, { format, name, bound, caller })
  }
}

/** Throws for a command that is not there or that the role does not allow: 401 for a signed request, else 432. */
async function permitted(
  ctx: ServerContext,
  caller: Caller,
  bound: BoundHandler | undefined,
  name: string,
): Promise<BoundHandler> {
  if (bound && (caller.via === 'integration' || (await ctx.roleRules.allows(caller, bound.command)))) return bound
  const message = `The given command '${name.slice(0, 100)}' either does not exist, is not available for user`
  const fix = bound
    ? 'Ask an administrator for a role that allows it.'
    : 'See listApis for the commands of this server.'
  throw apiFailure(caller.via === 'signature' ? 'api.unauthorized' : 'api.unsupported', message, { fix })
}

/** What was changed, by whom; reads only at debug. */
function logAnswer(
  ctx: ServerContext,
  command: CommandDefinition,
  caller: Caller,
  answer: CommandAnswer,
  elapsedMs: number,
): void {
  const job = answer.kind === 'job' ? answer.jobid : undefined
  const fields = {
    command: command.name,
    user: caller.username,
    from: caller.remoteAddress,
    job,
    ms: Math.round(elapsedMs),
  }
  if (changesSomething(command)) ctx.log.info(fields, 'command answered')
  else ctx.log.debug(fields, 'command answered')
}

async function answerSession(
  ctx: ServerContext,
  request: ApiRequest,
  bound: BoundHandler,
  format: WireFormat,
): Promise<ApiAnswer> {
  const { command, handler } = bound
  if (command.postOnly && request.method !== 'POST') {
    throw apiFailure('api.method', `${command.name} is accepted by POST only`)
  }
  const { input } = parseInput(command, request.pairs, 'User')
  if (!('session' in handler)) throw apiFailure('api.bad-request', `${command.name} has no session`)
  const { token } = request.cookies
  const made = await handler.session({ ctx, input: input as never, token, remoteAddress: request.remoteAddress })
  const answer = { kind: 'object', view: (made.view ?? {}) as object } as const
  return {
    status: 200,
    format,
    body: answerText(command, answer, 'Admin', { format, version: cloudStackVersion }),
    cookies: made.cookies ?? 'clear',
  }
}

type FailurePlace = {
  readonly format: WireFormat
  readonly name: string
  readonly bound: BoundHandler | undefined
  readonly caller: Caller | undefined
}

function failureAnswer(ctx: ServerContext, thrown: unknown, place: FailurePlace): ApiAnswer {
  const error = expected(thrown)
  const failure: Failure = failureOf(error, place.caller !== undefined && isRootAdmin(place.caller))
  const { errorcode, errortext } = failure
  const fields = { command: place.name.slice(0, 100), errorcode, caller: place.caller?.username }
  if (error instanceof AltoError)
    ctx.log.info({ ...fields, code: error.code, seen: error.seen, errortext: error.message }, 'request refused')
  else {
    ctx.log.error({ ...fields, err: error }, 'request failed')
    if (error instanceof Bug) alertBug(ctx, place.name, error)
  }
  const wrapper = errorWrapper(place.bound ? wrapperOf(place.bound.command) : undefined, errorcode)
  const body = serialise(place.format, wrapper, failure as unknown as JsonObject, cloudStackVersion)
  return { status: errorcode, format: place.format, body, description: errortext }
}

/** Failures of the database layer as what they mean to a caller. */
function expected(error: unknown): unknown {
  if (error instanceof InvalidTransitionError) {
    return apiFailure('api.parameter', `Not possible now: ${error.message}`, {
      fix: `Wait until it has left state ${error.from}, or look at why it is there.`,
      cause: error,
    })
  }
  // What `transact` gives up on.
  if (error instanceof LostRace || isConflict(error)) {
    return apiFailure('api.unavailable', 'Others changed the same objects again and again; nothing was changed', {
      seen: (error as Error).message,
      fix: 'Repeat the request.',
    })
  }
  if (isDiskFull(error)) {
    return apiFailure('api.internal', 'The disk of the database is full', {
      fix: 'Free space where the data directory or the database is; nothing was changed. Then repeat the request.',
      cause: error as Error,
    })
  }
  return error
}

/** A broken invariant is never the caller's fault: an administrator must hear of it. */
function alertBug(ctx: ServerContext, command: string, bug: Bug): void {
  transact(ctx, (tx) =>
    raiseAlert(tx, ctx, {
      type: alertTypes.managementNode,
      subject: `${command.slice(0, 100)} met a broken invariant: ${bug.message.slice(0, 500)}`,
      content: 'This is a defect of the management server. Its log has the stack at this time; please report it.',
    }),
  ).catch((error: unknown) => ctx.log.error({ err: error }, 'an alert could not be written'))
}
