import {
  AgentCallError,
  altoErrorData,
  type HostMethodName,
  hostRefusal,
  methods,
  rpcErrorCodes,
  tokens as tokensSchema,
  vmToken,
} from '@altostack/agent-api'
import { AltoError, agentFailure, createSlots, errorText, type Json, type JsonObject } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import type { AnyMutatingMethod, Job } from './host-method.ts'
import type { Entry, Outcome, SavedError } from './journal.ts'
import { acceptIncarnation } from './tokens.ts'

type Running = { readonly outcome: Promise<Outcome>; progress: JsonObject | undefined }

/** Runs mutating methods through the journal: intent, effect, outcome; each key once at a time. */
export type Executor = {
  /** Answers a mutating call: the saved or new result, or `{ accepted: true }` for a long method. */
  readonly execute: (name: HostMethodName, params: unknown) => Promise<unknown>
  readonly poll: (key: string, waitMs: number) => Promise<PollAnswer>
  /** Settles the entries that a crash left started. Safe to repeat; entries that cannot be settled yet stay. */
  readonly settle: () => Promise<void>
  /** Ends waiting; effects that go on are settled by the next process. */
  readonly stop: () => void
}
export type PollAnswer = {
  readonly state: 'unknown' | 'running' | 'done' | 'failed'
  readonly progress?: JsonObject
  readonly result?: Json
  readonly error?: SavedError
}

export type ExecutorOptions = {
  readonly context: HostContext
  readonly methods: Readonly<Record<string, AnyMutatingMethod>>
  /** Announces progress and end of long calls. */
  readonly announce: (key: string, state: 'running' | 'done' | 'failed', progress: JsonObject | undefined) => void
  /** Throws when no new work may begin. */
  readonly refuse?: () => void
  /** Effects at the same time, of short and of long methods each: a copy of hours keeps no guest from its stop. */
  readonly workers?: () => number
}

export function createExecutor(options: ExecutorOptions): Executor {
  const { context } = options
  const { journal, log } = context
  const running = new Map<string, Running>()
  const stopping = new AbortController()
  const workers = options.workers ?? (() => Number.POSITIVE_INFINITY)
  const slots = { short: createSlots(workers), long: createSlots(workers) }

  async function execute(name: HostMethodName, params: unknown): Promise<unknown> {
    const definition = methods[name]
    const { tokens, vm } = readTokens(params)
    const long = 'long' in definition && definition.long === true
    const known = running.get(tokens.key) ?? (await recall(journal.find(tokens.key), tokens.runEpoch))
    if (known !== undefined) return await answer('outcome' in known ? known : { outcome: known }, long)
    // recall awaited: another call of the same key may have begun meanwhile.
    const begun = running.get(tokens.key)
    if (begun !== undefined) return await answer(begun, long)
    if (definition.legal === 'current') acceptIncarnation(context.incarnation, tokens.hostIncarnation)
    begin(() => {
      options.refuse?.()
      journal.begin(name, params, tokens, vm)
    })
    return await answer(
      launch(tokens.key, name, async (job) => {
        const give = await slots[long ? 'long' : 'short'].take(stopping.signal)
        try {
          return await method(name).run(context, params, job)
        } finally {
          give()
        }
      }),
      long,
    )
  }

  /** The saved outcome of a key, or the job that its settlement found under way; undefined: run it (again). */
  async function recall(
    entry: Entry | undefined,
    epoch: number,
  ): Promise<Running | { outcome: Promise<Outcome> } | undefined> {
    if (entry === undefined) return undefined
    if (entry.outcome !== undefined) return { outcome: Promise.resolve(entry.outcome) }
    const seen = readTokens(entry.params).tokens.runEpoch
    if (epoch < seen) {
      throw hostRefusal(
        agentFailure('agent.stale-token', 'A newer caller has acted', {
          seen: `epoch ${epoch}; ${seen} has acted here`,
        }),
        rpcErrorCodes.staleToken,
      )
    }
    return await settleEntry(entry)
  }

  function launch(key: string, name: HostMethodName, work: (job: Job) => Promise<Json>): Running {
    const definition = methods[name]
    const long = 'long' in definition && definition.long === true
    const job: Job = {
      signal: stopping.signal,
      progress(progress) {
        one.progress = plain(progress)
        if (long) options.announce(key, 'running', one.progress)
      },
    }
    // A microtask later: the work may report progress at once, and `one` must stand by then.
    const outcome = carryOut(key, name, long, () => Promise.resolve(job).then(work)).finally(() => {
      running.delete(key)
    })
    const one: Running = { outcome, progress: undefined }
    running.set(key, one)
    outcome.then(
      (ended) => long && options.announce(key, ended.state, one.progress),
      () => {},
    )
    return one
  }

  async function carryOut(key: string, name: string, long: boolean, work: () => Promise<Json>): Promise<Outcome> {
    const started = context.runtime.monotonic()
    log.info({ key, method: name }, 'call begins')
    let outcome: Outcome
    try {
      outcome = { state: 'done', result: plain(await work()) }
    } catch (error) {
      // The process ends: the entry stays started, its probe decides in the next life.
      if (stopping.signal.aborted) throw error
      outcome = { state: 'failed', error: savedError(name, error, log) }
    }
    const ms = Math.round(context.runtime.monotonic() - started)
    if (outcome.state === 'done') log.info({ key, method: name, ms }, 'call done')
    else log.warn({ key, method: name, ms, error: outcome.error }, 'call failed')
    try {
      // A short call's failure is answered, not kept: the same key may try again.
      if (outcome.state === 'failed' && !long) journal.forget(key)
      else journal.finish(key, outcome)
    } catch (error) {
      // The entry stays started and is settled by its probe; the caller still hears the outcome.
      log.error({ key, error: errorText(error) }, 'the journal could not be written')
    }
    return outcome
  }

  async function settleEntry(entry: Entry): Promise<Running | undefined> {
    const { key, method: name } = entry
    const already = running.get(key)
    if (already !== undefined) return already
    const probed = await method(name).probe(context, entry.params)
    const meanwhile = running.get(key)
    if (meanwhile !== undefined) return meanwhile
    log.info({ key, method: name, effect: probed.effect }, 'interrupted call settled')
    if (probed.effect === 'absent') {
      journal.forget(key)
      return undefined
    }
    if (probed.effect === 'running') return launch(key, name as HostMethodName, probed.resume)
    const outcome: Outcome =
      probed.effect === 'done'
        ? { state: 'done', result: probed.result }
        : { state: 'failed', error: savedError(name, probed.error, log) }
    journal.finish(key, outcome)
    return { outcome: Promise.resolve(outcome), progress: undefined }
  }

  function method(name: string): AnyMutatingMethod {
    return options.methods[name] as AnyMutatingMethod
  }

  return {
    execute,
    async poll(key, waitMs) {
      let one = running.get(key)
      const entry = journal.find(key)
      if (one === undefined && entry?.state === 'started') one = await settleEntry(entry)
      if (one !== undefined) {
        const current = one
        const over = await Promise.race([
          current.outcome,
          context.runtime.sleep(waitMs, stopping.signal).then(() => undefined),
        ])
        if (over !== undefined) return readOutcome(over)
        return { state: 'running', ...(current.progress === undefined ? {} : { progress: current.progress }) }
      }
      const saved = entry?.outcome ?? journal.find(key)?.outcome
      return saved === undefined ? { state: 'unknown' } : readOutcome(saved)
    },
    async settle() {
      for (const entry of journal.started()) {
        try {
          await settleEntry(entry)
        } catch (error) {
          log.warn({ key: entry.key, error: errorText(error) }, 'interrupted call cannot be settled yet')
        }
      }
    },
    stop: () => stopping.abort(new Error('the agent stops')),
  }
}

/** As the wire and the disk have it: fields that are undefined are not there. */
function plain<T extends Json>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

function begin(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (error instanceof AgentCallError) throw error
    throw hostRefusal(
      agentFailure('agent.disk-full', 'The agent cannot write its journal', { seen: errorText(error) }),
      rpcErrorCodes.refusing,
    )
  }
}

async function answer(one: { readonly outcome: Promise<Outcome> }, long: boolean): Promise<unknown> {
  if (long) {
    one.outcome.catch(() => {})
    return { accepted: true }
  }
  const outcome = await one.outcome
  if (outcome.state === 'done') return outcome.result
  const { message, rpcCode, ...data } = outcome.error
  throw new AgentCallError('', rpcCode, message, data)
}

function readOutcome(outcome: Outcome): PollAnswer {
  if (outcome.state === 'done') return { state: 'done', result: outcome.result }
  return { state: 'failed', error: outcome.error }
}

function savedError(method: string, error: unknown, log: HostContext['log']): SavedError {
  if (error instanceof AgentCallError) return { ...error.data, message: error.message, rpcCode: error.rpcCode }
  if (error instanceof AltoError) {
    return { ...altoErrorData(error, true), message: error.message, rpcCode: rpcErrorCodes.failure }
  }
  log.error({ method, error: error instanceof Error ? error.stack : String(error) }, 'unexpected failure')
  return {
    code: 'agent.bug',
    seen: errorText(error),
    effectPossible: true,
    message: `${method}: ${errorText(error)}`,
    rpcCode: rpcErrorCodes.failure,
  }
}

function readTokens(params: unknown): {
  tokens: ReturnType<typeof tokensSchema.parse>
  vm: ReturnType<typeof vmToken.parse> | undefined
} {
  const { tokens, vm } = params as { tokens: unknown; vm?: unknown }
  return { tokens: tokensSchema.parse(tokens), vm: vm === undefined ? undefined : vmToken.parse(vm) }
}
