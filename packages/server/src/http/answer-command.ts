import {
  answerBody,
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
import { AltoError, apiFailure, InvalidTransitionError, type JsonObject } from '@altostack/core'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import { changesSomething, executeCommand } from '../command/execute.ts'
import type { BoundHandler } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import { LostRace } from '../db/errors.ts'
import { cloudStackVersion } from '../system/version.ts'
import { type Arrival, identify } from './identify.ts'

export type ApiRequest = Arrival & { readonly method: string; readonly signal: AbortSignal }
export type ApiAnswer = {
  readonly status: number
  readonly format: WireFormat
  readonly body: string
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
  let caller: Caller | undefined
  try {
    if (bound && 'session' in bound.handler) return await answerSession(ctx, request, bound, format)
    caller = await identify(ctx, request)
    await ctx.limits.count(ctx, caller)
    const known = await permitted(ctx, caller, bound, name)
    requirePost(
      request.method,
      caller.via !== 'integration' && (await ctx.config.flag('enforce.post.requests.and.timestamps')),
      !changesSomething(known.command),
    )
    const answer = await executeCommand(ctx, { bound: known, caller, pairs: request.pairs, signal: request.signal })
    const body = answer.kind === 'raw' ? answer.body : answerBody(known.command, answer, caller.roleType)
    return { status: 200, format, body: serialise(format, wrapperOf(known.command), body, cloudStackVersion) }
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
  const body = answerBody(command, { kind: 'object', view: (made.view ?? {}) as object }, 'Admin')
  return {
    status: 200,
    format,
    body: serialise(format, wrapperOf(command), body, cloudStackVersion),
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
  const failure: Failure = failureOf(error, place.caller === undefined || isRootAdmin(place.caller))
  const { errorcode, errortext } = failure
  const fields = { command: place.name.slice(0, 100), errorcode, caller: place.caller?.username }
  if (error instanceof AltoError)
    ctx.log.info({ ...fields, code: error.code, seen: error.seen, errortext: error.message }, 'request refused')
  else ctx.log.error({ ...fields, err: error }, 'request failed')
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
  if (error instanceof LostRace) {
    return apiFailure('api.internal', 'Others changed the object again and again', {
      seen: error.message,
      fix: 'Repeat the request.',
    })
  }
  return error
}
