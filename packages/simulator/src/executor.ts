import {
  AgentCallError,
  altoErrorData,
  type HostMethodName,
  methods,
  type Params,
  rpcErrorCodes,
} from '@altostack/agent-api'
import { AltoError, errorText, type Json, type JsonObject } from '@altostack/core'
import type { HostContext } from './host-context.ts'
import type { Entry, Outcome, SavedError } from './host-disk.ts'
import type { AnyMutatingMethod, Job } from './host-method.ts'
import { acceptIncarnation, acceptTokens, staleEpoch } from './tokens.ts'

type Running = { readonly outcome: Promise<Outcome>; progress: JsonObject | undefined }
type Call = Params<'vm.stop'> | Params<'pool.detach'>

/** Runs mutating methods through the journal as the KVM agent does: intent, effect, outcome; each key once at a time. */
export type Executor = {
  readonly execute: (name: HostMethodName, params: unknown) => Promise<unknown>
  readonly poll: (key: string, waitMs: number) => Promise<PollAnswer>
  /** Settles the entries that a crash left started. */
  readonly settle: () => void
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
  readonly announce: (key: string, state: 'running' | 'done' | 'failed', progress: JsonObject | undefined) => void
  /** Throws when no new work may begin. */
  readonly refuse: () => void
  /** Around the effect: latency and faults. */
  readonly before: (name: HostMethodName) => Promise<void>
  readonly after: (name: HostMethodName) => Promise<void>
  /** The disk changed. */
  readonly save: () => void
  /** Aborted when this life of the agent ends. */
  readonly signal: AbortSignal
}

export function createExecutor(options: ExecutorOptions): Executor {
  const { context, save, signal } = options
  const { journal } = context.disk
  const running = new Map<string, Running>()

  async function execute(name: HostMethodName, params: unknown): Promise<unknown> {
    const definition = methods[name]
    const { tokens, vm } = params as { tokens: Call['tokens']; vm?: Params<'vm.stop'>['vm'] }
    const long = isLong(name)
    const known = running.get(tokens.key) ?? recall(journal.get(tokens.key), tokens.runEpoch)
    if (known !== undefined) return await answer(known, long)
    if (definition.legal === 'current') acceptIncarnation(context.disk, tokens.hostIncarnation)
    options.refuse()
    acceptTokens(context.disk, tokens, vm)
    journal.set(tokens.key, { key: tokens.key, method: name, params: withoutSecrets(params), state: 'started' })
    save()
    return await answer(
      launch(tokens.key, name, (job) => method(name).run(context, params, job)),
      long,
    )
  }

  /** The saved outcome of a key, or the job that its settlement found under way; undefined: run it (again). */
  function recall(entry: Entry | undefined, epoch: number): Running | undefined {
    if (entry === undefined) return undefined
    if (entry.outcome !== undefined) return { outcome: Promise.resolve(entry.outcome), progress: undefined }
    const seen = (entry.params as Call).tokens.runEpoch
    if (epoch < seen) throw staleEpoch(epoch, seen)
    return settleEntry(entry)
  }

  function launch(key: string, name: HostMethodName, work: (job: Job) => Json | Promise<Json>): Running {
    const long = isLong(name)
    const job: Job = {
      signal,
      progress(progress) {
        one.progress = progress
        if (long) options.announce(key, 'running', progress)
      },
    }
    const outcome = carryOut(key, name, long, () => work(job)).finally(() => {
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

  async function carryOut(
    key: string,
    name: HostMethodName,
    long: boolean,
    work: () => Json | Promise<Json>,
  ): Promise<Outcome> {
    let outcome: Outcome
    try {
      await options.before(name)
      signal.throwIfAborted()
      const result = await work()
      await options.after(name)
      signal.throwIfAborted()
      outcome = { state: 'done', result }
    } catch (error) {
      // This life is over: the entry stays started, its probe decides in the next one.
      if (signal.aborted) throw error
      outcome = { state: 'failed', error: savedError(name, error) }
    }
    // A short call's failure is answered, not kept: the same key may try again.
    if (outcome.state === 'failed' && !long) journal.delete(key)
    else finish(key, outcome)
    save()
    return outcome
  }

  function finish(key: string, outcome: Outcome): void {
    const entry = journal.get(key)
    if (entry !== undefined) journal.set(key, { ...entry, state: outcome.state, outcome })
  }

  function settleEntry(entry: Entry): Running | undefined {
    const { key, method: name } = entry
    const already = running.get(key)
    if (already !== undefined) return already
    const probed = method(name).probe(context, entry.params)
    if (probed.effect === 'running') return launch(key, name, probed.resume)
    if (probed.effect === 'absent') {
      journal.delete(key)
      save()
      return undefined
    }
    const outcome: Outcome =
      probed.effect === 'done'
        ? { state: 'done', result: probed.result }
        : { state: 'failed', error: savedError(name, probed.error) }
    finish(key, outcome)
    save()
    return { outcome: Promise.resolve(outcome), progress: undefined }
  }

  function method(name: string): AnyMutatingMethod {
    return options.methods[name] as AnyMutatingMethod
  }

  return {
    execute,
    async poll(key, waitMs) {
      const entry = journal.get(key)
      const one = running.get(key) ?? (entry?.state === 'started' ? settleEntry(entry) : undefined)
      if (one === undefined) {
        const saved = journal.get(key)?.outcome
        return saved === undefined ? { state: 'unknown' } : readOutcome(saved)
      }
      const late = new AbortController()
      const over = await Promise.race([
        one.outcome,
        context.runtime.sleep(waitMs, late.signal).then(
          () => undefined,
          () => undefined,
        ),
      ])
      late.abort()
      if (over !== undefined) return readOutcome(over)
      return { state: 'running', ...(one.progress === undefined ? {} : { progress: one.progress }) }
    },
    settle() {
      for (const entry of [...journal.values()]) if (entry.state === 'started') settleEntry(entry)
    },
  }
}

function isLong(name: HostMethodName): boolean {
  const definition = methods[name]
  return 'long' in definition && definition.long === true
}

async function answer(one: Running, long: boolean): Promise<unknown> {
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

function savedError(method: string, error: unknown): SavedError {
  if (error instanceof AgentCallError) return { ...error.data, message: error.message, rpcCode: error.rpcCode }
  if (error instanceof AltoError) {
    return { ...altoErrorData(error, true), message: error.message, rpcCode: rpcErrorCodes.failure }
  }
  return {
    code: 'agent.bug',
    seen: errorText(error),
    effectPossible: true,
    message: `${method}: ${errorText(error)}`,
    rpcCode: rpcErrorCodes.failure,
  }
}

/** Probes never need them, so the disk never has them. */
function withoutSecrets(params: unknown): unknown {
  const { spec } = params as { spec?: object }
  return spec === undefined ? params : { ...(params as object), spec: { ...spec, vncPassword: '' } }
}
