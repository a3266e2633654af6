import { AltoError, errorText, type Runtime } from '@altostack/core'
import {
  createJSONRPCErrorResponse,
  createJSONRPCRequest,
  isJSONRPCResponse,
  JSONRPCClient,
  JSONRPCErrorCode,
  type JSONRPCErrorResponse,
  type JSONRPCID,
  type JSONRPCRequest,
  type JSONRPCResponse,
  JSONRPCServer,
} from 'json-rpc-2.0'
import type { z } from 'zod'
import { AgentCallError, altoErrorData, PeerClosedError, PeerDeadlineError, readErrorData } from './peer-errors.ts'
import { rpcErrorCodes } from './protocol.ts'
import {
  type HostMethodName,
  type MethodName,
  methods,
  type Params,
  type ReportMethodName,
  type Result,
} from './registry.ts'
import type { AgentErrorData } from './schema/error-data.ts'

export type PeerRole = 'server' | 'agent'
/** What a role may call on the other side. */
export type CallableBy<R extends PeerRole> = R extends 'server' ? HostMethodName : ReportMethodName
/** What a role answers. */
export type AnsweredBy<R extends PeerRole> = R extends 'server' ? ReportMethodName : HostMethodName
/** Parameters as a caller writes them: fields with a default may be left out. */
export type ParamsInput<N extends MethodName> = z.input<(typeof methods)[N]['params']>
/** One handler a method; params are validated before, results after. */
export type Handlers<R extends PeerRole> = {
  readonly [N in AnsweredBy<R>]: (params: Params<N>) => Result<N> | Promise<Result<N>>
}
export type CallOptions = {
  /** Default: the method's own deadline. */
  readonly deadlineMs?: number
  /** Stops waiting; the effect is then unknown. */
  readonly signal?: AbortSignal
}

export type Peer<R extends PeerRole> = {
  /** Takes one frame of the other side. Never throws: bad frames are answered or reported to `onError`. */
  receive(text: string): void
  /** Rejects with AgentCallError (answered), PeerDeadlineError, PeerClosedError, or the signal's reason. */
  call<N extends CallableBy<R>>(method: N, params: ParamsInput<N>, options?: CallOptions): Promise<Result<N>>
  /** Sends without waiting for an answer. */
  notify<N extends CallableBy<R>>(method: N, params: ParamsInput<N>): void
  /** Ends all pending calls with PeerClosedError; later frames are ignored. */
  close(reason: string): void
  readonly closed: boolean
}

export type PeerOptions<R extends PeerRole> = {
  readonly role: R
  readonly runtime: Runtime
  /** Hands one frame to the transport; may throw when it is gone. */
  readonly send: (text: string) => void
  readonly handlers: Partial<Handlers<R>>
  /** Hears what is nobody's answer: frames that cannot be read, handlers that threw something unexpected. */
  readonly onError?: (error: unknown, where: string) => void
}

const maxBatch = 100
type Pending = { readonly fail: (error: unknown) => void }

/** One end of a host connection: JSON-RPC 2.0 both ways over text frames, typed and validated by the method registry. */
export function createPeer<R extends PeerRole>(options: PeerOptions<R>): Peer<R> {
  const { runtime } = options
  const onError = options.onError ?? (() => {})
  const pending = new Map<JSONRPCID, Pending>()
  let closed = false
  let lastId = 0
  const client = new JSONRPCClient((payload) => options.send(JSON.stringify(payload)))
  const server = new JSONRPCServer({ errorListener: () => {} })
  server.mapErrorToJSONRPCErrorResponse = (id, error) => errorResponse(id, error, onError)
  for (const [name, handler] of Object.entries(options.handlers)) {
    if (methods[name as MethodName] === undefined) throw new Error(`not a method of the host contract: ${name}`)
    server.addMethod(name, (params: unknown) => answer(name as MethodName, handler as Handler, params))
  }

  function reply(payload: JSONRPCResponse | JSONRPCResponse[] | null): void {
    if (payload === null || closed) return
    try {
      options.send(JSON.stringify(payload))
    } catch (error) {
      onError(error, 'reply')
    }
  }

  function receive(text: string): void {
    if (closed) return
    let payload: unknown
    try {
      payload = JSON.parse(text)
    } catch (error) {
      onError(error, 'frame')
      reply(createJSONRPCErrorResponse(null, JSONRPCErrorCode.ParseError, 'Parse error'))
      return
    }
    if (Array.isArray(payload)) receiveBatch(payload)
    else void receiveOne(payload).then(reply)
  }

  function receiveBatch(batch: readonly unknown[]): void {
    if (batch.length === 0 || batch.length > maxBatch) {
      reply(invalidRequest(null, `a batch holds 1 to ${maxBatch} messages`))
      return
    }
    void Promise.all(batch.map(receiveOne)).then((answers) => {
      const responses = answers.filter((one) => one !== null)
      if (responses.length > 0) reply(responses)
    })
  }

  async function receiveOne(payload: unknown): Promise<JSONRPCResponse | null> {
    if (typeof payload !== 'object' || payload === null) return invalidRequest(null, 'not an object')
    const id = 'id' in payload ? (payload.id as JSONRPCID) : null
    if (id !== null && typeof id !== 'string' && typeof id !== 'number') return invalidRequest(null, 'bad id')
    try {
      if (isJSONRPCResponse(payload)) {
        client.receive(payload)
        return null
      }
      if ('error' in payload || 'result' in payload) {
        onError(new Error('a response that cannot be read'), 'frame')
        return null
      }
      return await server.receive(payload as JSONRPCRequest)
    } catch (error) {
      onError(error, 'frame')
      return invalidRequest(id, 'Invalid Request')
    }
  }

  function call<N extends CallableBy<R>>(name: N, input: ParamsInput<N>, how: CallOptions = {}): Promise<Result<N>> {
    const method = methods[name]
    if (closed) return Promise.reject(new PeerClosedError(`${name}: the connection is closed`))
    const checked = method.params.safeParse(input)
    if (!checked.success) {
      return Promise.reject(invalid(name, JSONRPCErrorCode.InvalidParams, 'agent.params', checked.error, false))
    }
    const id = ++lastId
    const deadlineMs = how.deadlineMs ?? method.deadlineMs
    return new Promise<Result<N>>((resolve, reject) => {
      const settle = (act: () => void): void => {
        if (!pending.delete(id)) return
        stopTimer()
        how.signal?.removeEventListener('abort', onAbort)
        act()
      }
      const fail = (error: unknown): void => {
        settle(() => reject(error))
        // The library forgets the id by receiving an answer for it.
        client.receive(createJSONRPCErrorResponse(id, 0, ''))
      }
      const onAbort = (): void => fail(how.signal?.reason)
      const stopTimer = runtime.after(deadlineMs, () => fail(new PeerDeadlineError(name, deadlineMs)))
      pending.set(id, { fail })
      if (how.signal?.aborted) return fail(how.signal.reason)
      how.signal?.addEventListener('abort', onAbort, { once: true })
      client.requestAdvanced(createJSONRPCRequest(id, name, checked.data)).then(
        (response) => settle(() => take(name, response, resolve as (value: unknown) => void, reject)),
        (error) => settle(() => reject(new PeerClosedError(`${name}: ${errorText(error)}`))),
      )
    })
  }

  return {
    receive,
    call,
    notify(name, input) {
      if (closed) return
      client.notify(name, methods[name].params.parse(input))
    },
    close(reason) {
      if (closed) return
      closed = true
      for (const [, one] of [...pending]) one.fail(new PeerClosedError(reason))
    },
    get closed() {
      return closed
    },
  }
}

type Handler = (params: unknown) => unknown

async function answer(name: MethodName, handler: Handler, params: unknown): Promise<unknown> {
  const method = methods[name]
  const checked = method.params.safeParse(params ?? {})
  if (!checked.success) throw invalid(name, JSONRPCErrorCode.InvalidParams, 'agent.params', checked.error, false)
  const result = method.result.safeParse(await handler(checked.data))
  if (!result.success) throw invalid(name, JSONRPCErrorCode.InternalError, 'agent.result', result.error, true)
  return result.data
}

function take(
  name: MethodName,
  response: JSONRPCResponse,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  const error: unknown = response.error
  if (error !== undefined && error !== null) {
    const { code, message, data } = error as { code?: unknown; message?: unknown; data?: unknown }
    reject(new AgentCallError(name, numberOr(code), String(message), readErrorData(data)))
    return
  }
  const result = methods[name].result.safeParse(response.result)
  if (result.success) resolve(result.data)
  else reject(invalid(name, JSONRPCErrorCode.InternalError, 'agent.result', result.error, true))
}

function errorResponse(
  id: JSONRPCID,
  error: unknown,
  onError: (error: unknown, where: string) => void,
): JSONRPCErrorResponse {
  if (error instanceof AgentCallError) {
    return createJSONRPCErrorResponse(id, error.rpcCode, error.message, error.data)
  }
  if (error instanceof AltoError) {
    return createJSONRPCErrorResponse(id, rpcErrorCodes.failure, error.message, altoErrorData(error, true))
  }
  onError(error, 'handler')
  const data: AgentErrorData = { code: 'agent.bug', seen: errorText(error), effectPossible: true }
  return createJSONRPCErrorResponse(id, JSONRPCErrorCode.InternalError, errorText(error), data)
}

function invalid(
  name: string,
  rpcCode: number,
  code: string,
  error: z.ZodError,
  effectPossible: boolean,
): AgentCallError {
  const seen = error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  const side = code === 'agent.params' ? 'params' : 'result'
  return new AgentCallError(name, rpcCode, `${name}: invalid ${side}: ${seen}`, { code, seen, effectPossible })
}

function invalidRequest(id: JSONRPCID, message: string): JSONRPCErrorResponse {
  return createJSONRPCErrorResponse(id, JSONRPCErrorCode.InvalidRequest, message)
}

function numberOr(code: unknown): number {
  return typeof code === 'number' ? code : JSONRPCErrorCode.InternalError
}
