import type { JsonObject, Runtime } from '@altostack/core'
import { ApiError, jobFailure } from './api-error.ts'
import { hmacSha1, remember, single, toPairs, unwrap } from './client-wire.ts'
import type { CommandDefinition, Input } from './define-command.ts'
import type { ResponseDefinition, ResponseValue } from './define-response.ts'
import { type CommandName, commands } from './registry.ts'
import { isReadOnly } from './wire/common-params.ts'
import type { Pair } from './wire/parse-form.ts'
import { canonicalString, encodeValue } from './wire/signature.ts'

/** The part of fetch that the client uses. */
export type Fetch = (
  url: string,
  init: {
    method: string
    headers: Record<string, string>
    body?: string
    signal?: AbortSignal
    credentials?: 'include'
  },
) => Promise<{ readonly status: number; text(): Promise<string>; readonly headers: { getSetCookie?(): string[] } }>

export type ClientOptions = {
  /** The API's address, e.g. http://127.0.0.1:8080/client/api. */
  readonly endpoint: string
  readonly runtime: Pick<Runtime, 'now' | 'monotonic' | 'sleep'>
  /** Both, to sign every call; without them call login first. */
  readonly apiKey?: string
  readonly secretKey?: string
  /** The platform's unless given. */
  readonly fetch?: Fetch
}

/** Any parameter value as a caller writes it: lists and maps as they are, dates as milliseconds. */
export type CallInput<N extends CommandName> = Input<(typeof commands)[N]> & { readonly dryrun?: boolean }
type ResponseOf<N extends CommandName> = (typeof commands)[N]['response']
/** The answer's object: dates arrive as text. */
export type CallResult<N extends CommandName> =
  ResponseOf<N> extends ResponseDefinition
    ? WireObject<ResponseOf<N>>
    : { readonly success?: boolean; readonly displaytext?: string; readonly details?: string }
type WireObject<R extends ResponseDefinition> = {
  readonly [K in keyof R['fields']]?: R['fields'][K]['type'] extends 'date' ? string : NonNullable<ResponseValue<R>[K]>
}

export type ListResult<N extends CommandName> = { readonly count: number; readonly items: readonly CallResult<N>[] }
export type JobStarted = { readonly jobid: string; readonly id?: string }
export type WaitOptions = {
  /** Gives up (the job goes on) after this long; never unless given. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Called after each answer while the job is pending. */
  readonly onProgress?: (job: JsonObject) => void
}

export type Client = {
  /** The wrapper's content as it came. GET for commands that change nothing, POST otherwise. Throws ApiError. */
  call<N extends CommandName>(name: N, input?: Partial<CallInput<N>>): Promise<JsonObject>
  /** One object, unwrapped from its key (and from the list of one that some commands answer). */
  get<N extends CommandName>(name: N, input?: Partial<CallInput<N>>): Promise<CallResult<N>>
  /** A page of a list command. */
  list<N extends CommandName>(name: N, input?: Partial<CallInput<N>>): Promise<ListResult<N>>
  /** Starts an async command. */
  start<N extends CommandName>(name: N, input?: Partial<CallInput<N>>): Promise<JobStarted>
  /** Waits for a job by queryAsyncJobResult with wait; answers its jobresult. Throws ApiError when it failed. */
  wait(jobid: string, options?: WaitOptions): Promise<JsonObject>
  /** Starts an async command and waits for its object. */
  run<N extends CommandName>(name: N, input?: Partial<CallInput<N>>, options?: WaitOptions): Promise<CallResult<N>>
  /** Starts a session; later calls carry its cookies and session key. */
  login(username: string, password: string, domain?: string): Promise<CallResult<'login'>>
  logout(): Promise<void>
}

const waitSeconds = 30

/** A typed client of the API for Node and browsers. */
export function createClient(options: ClientOptions): Client {
  const send = options.fetch ?? (globalThis.fetch as unknown as Fetch)
  const session: { key?: string; cookies: Map<string, string> } = { cookies: new Map() }

  async function request(definition: CommandDefinition, input: object, signal?: AbortSignal): Promise<JsonObject> {
    const pairs = await authenticated([
      ['command', definition.name],
      ['response', 'json'],
      ...toPairs(definition, input),
    ])
    const form = pairs.map(([name, value]) => `${encodeValue(name)}=${encodeValue(value)}`).join('&')
    const get = isReadOnly(definition) && form.length < 4096
    const cookie = [...session.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const reply = await send(get ? `${options.endpoint}?${form}` : options.endpoint, {
      method: get ? 'GET' : 'POST',
      headers: {
        ...(get ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...(cookie === '' ? {} : { cookie }),
      },
      credentials: 'include',
      ...(get ? {} : { body: form }),
      ...(signal === undefined ? {} : { signal }),
    })
    for (const text of reply.headers.getSetCookie?.() ?? []) remember(session.cookies, text)
    return unwrap(definition, reply.status, await reply.text())
  }

  async function authenticated(pairs: readonly Pair[]): Promise<readonly Pair[]> {
    if (options.apiKey !== undefined && options.secretKey !== undefined) {
      const keyed: readonly Pair[] = [...pairs, ['apiKey', options.apiKey]]
      return [...keyed, ['signature', await hmacSha1(options.secretKey, canonicalString(keyed))]]
    }
    return session.key === undefined ? pairs : [...pairs, ['sessionkey', session.key]]
  }

  const client: Client = {
    call: (name, input = {}) => request(commands[name], input),
    async get(name, input = {}) {
      return single(commands[name], await request(commands[name], input)) as CallResult<typeof name>
    },
    async list(name, input = {}) {
      const body = await request(commands[name], input)
      const definition: CommandDefinition = commands[name]
      const items = (definition.key === undefined ? undefined : body[definition.key]) ?? []
      return { count: Number(body.count ?? 0), items: items as unknown as readonly CallResult<typeof name>[] }
    },
    async start(name, input = {}) {
      const { jobid, id } = await request(commands[name], input)
      if (typeof jobid !== 'string') throw new ApiError(name, { errortext: 'The answer has no jobid' }, 200)
      return typeof id === 'string' ? { jobid, id } : { jobid }
    },
    async wait(jobid, waiting = {}) {
      const { runtime } = options
      const deadline =
        waiting.timeoutMs === undefined ? Number.POSITIVE_INFINITY : runtime.monotonic() + waiting.timeoutMs
      for (;;) {
        const left = Math.max(0, deadline - runtime.monotonic())
        const wait = Math.min(waitSeconds, Math.ceil(left / 1000))
        const started = runtime.monotonic()
        const job = await request(commands.queryAsyncJobResult, { jobid, wait }, waiting.signal)
        if (job.jobstatus === 1) return (job.jobresult ?? {}) as JsonObject
        if (job.jobstatus === 2) throw jobFailure(job)
        waiting.onProgress?.(job)
        if (runtime.monotonic() >= deadline)
          throw new ApiError('queryAsyncJobResult', { errortext: `Job ${jobid} has not ended in time` }, 408)
        // A server that knows no wait answers at once: never ask more than once a second.
        if (runtime.monotonic() - started < 500) await runtime.sleep(1000, waiting.signal)
      }
    },
    async run(name, input, waiting) {
      const { jobid } = await client.start(name, input)
      return single(commands[name], await client.wait(jobid, waiting)) as CallResult<typeof name>
    },
    async login(username, password, domain) {
      const input = domain === undefined ? { username, password } : { username, password, domain }
      const answer = await client.get('login', input)
      if (typeof answer.sessionkey !== 'string')
        throw new ApiError('login', { errortext: 'The answer has no sessionkey' }, 200)
      session.key = answer.sessionkey
      return answer
    },
    async logout() {
      await request(commands.logout, {})
      delete session.key
      session.cookies.clear()
    },
  }
  return client
}
