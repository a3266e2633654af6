import {
  type HostMethodName,
  type Params,
  type ParamsInput,
  PeerDeadlineError,
  type Result,
} from '@altostack/agent-api'
import { AltoError, createSlots, type Runtime, type Slots } from '@altostack/core'
import type { Agents } from './agents-port.ts'
import { hostFailureOf, rebuild, unreachable } from './host-failure.ts'
import type { AgentSession, SessionRegistry } from './session.ts'

type JobReport = {
  readonly state: 'running' | 'done' | 'failed'
  readonly progress?: Readonly<Record<string, unknown>> | undefined
}
type JobWatcher = (report: JobReport) => void

export type Calls = Pick<Agents, 'call' | 'run' | 'isConnected' | 'connected' | 'drop' | 'load' | 'acknowledge'> & {
  /** A report.job of a host arrived. */
  readonly jobReported: (key: string, report: JobReport) => void
  /** A run has ended: its keys are acknowledged to the hosts that were called under them. */
  readonly runFinished: (runId: string) => void
}

const pollWaitMs = 20_000

/**
 * Calls over the sessions of this server. `workers`: calls that change something, under way to one host at the same time;
 * what comes beyond them waits its turn. Reports and polls never wait.
 */
export function createCalls(sessions: SessionRegistry, runtime: Runtime, workers: () => number): Calls {
  const slots = new WeakMap<AgentSession, Slots>()
  const watchers = new Map<string, Set<JobWatcher>>()
  /** Journal keys by run, until the run ends; whatever a restart forgets is settled by the next hello. */
  const keysOfRun = new Map<string, Map<string, number>>()

  function remember(hostId: number, params: unknown): void {
    const tokens = (params as { readonly tokens?: { readonly key: string; readonly runId: string } }).tokens
    if (tokens === undefined) return
    const keys = keysOfRun.get(tokens.runId) ?? new Map<string, number>()
    keysOfRun.set(tokens.runId, keys.set(tokens.key, hostId))
  }

  async function callSession<M extends HostMethodName>(
    session: AgentSession,
    method: M,
    params: Params<M>,
    options: { readonly signal?: AbortSignal; readonly deadlineMs?: number } = {},
  ): Promise<Result<M>> {
    const hostId = session.hostId as number
    const give = 'tokens' in params ? await slotsOf(session).take(options.signal) : undefined
    try {
      if (session.closed) throw unreachable(hostId, method)
      remember(hostId, params)
      return await send(session, method, params, options)
    } finally {
      give?.()
    }
  }

  async function send<M extends HostMethodName>(
    session: AgentSession,
    method: M,
    params: Params<M>,
    options: { readonly signal?: AbortSignal; readonly deadlineMs?: number },
  ): Promise<Result<M>> {
    try {
      // A validated form is also an input form; the type system cannot see it for a method that is a variable.
      return await session.peer.call(method, params as ParamsInput<M>, options)
    } catch (error) {
      throw hostFailureOf(error, session.hostId as number, method)
    }
  }

  function slotsOf(session: AgentSession): Slots {
    const known = slots.get(session) ?? createSlots(workers)
    slots.set(session, known)
    return known
  }

  async function call<M extends HostMethodName>(
    hostId: number,
    method: M,
    params: Params<M>,
    options: { readonly signal?: AbortSignal; readonly deadlineMs?: number } = {},
  ): Promise<Result<M>> {
    const session = sessions.byHost.get(hostId)
    if (session === undefined) throw unreachable(hostId, method)
    return await callSession(session, method, params, options)
  }

  async function waitFor(hostId: number, timeoutMs: number, outer?: AbortSignal): Promise<AgentSession> {
    const late = new AbortController()
    const cancel = runtime.after(timeoutMs, () => late.abort(unreachable(hostId, 'connected')))
    const onOuter = (): void => late.abort(outer?.reason)
    outer?.addEventListener('abort', onOuter, { once: true })
    if (outer?.aborted) onOuter()
    try {
      return await sessions.wait(hostId, late.signal)
    } finally {
      cancel()
      outer?.removeEventListener('abort', onOuter)
    }
  }

  const run: Agents['run'] = async (hostId, method, params, options) => {
    const key = (params as { readonly tokens?: { readonly key: string } }).tokens?.key
    if (key === undefined) throw new TypeError(`${method} has no journal key: it is not a long method`)
    const ends = runtime.monotonic() + options.deadlineMs
    const left = (): number => Math.max(0, ends - runtime.monotonic())
    const watch: JobWatcher = (report) => {
      if (report.progress !== undefined) options.onProgress?.(report.progress)
    }
    const watching = watchers.get(key) ?? new Set()
    watchers.set(key, watching.add(watch))
    const signal = options.signal === undefined ? {} : { signal: options.signal }
    try {
      let accepted = false
      for (;;) {
        options.signal?.throwIfAborted()
        if (left() === 0) throw hostFailureOf(new PeerDeadlineError(method, options.deadlineMs), hostId, method)
        const session = await waitFor(hostId, left(), options.signal)
        try {
          if (!accepted) await callSession(session, method, params, signal)
          accepted = true
          const waitMs = Math.floor(Math.min(pollWaitMs, left()))
          const answer = await callSession(session, 'job.poll', { key, waitMs }, signal)
          if (answer.progress !== undefined) options.onProgress?.(answer.progress)
          if (answer.state === 'done') return answer.result
          if (answer.state === 'failed') {
            // A failed key runs again only after it is acknowledged; the caller decides whether it shall.
            await callSession(session, 'journal.acknowledge', { keys: [key] }, signal)
            const { code, message, ...data } = answer.error ?? {
              code: 'agent.bug',
              message: `${method} failed without a reason`,
              effectPossible: true,
            }
            throw new JobFailed(rebuild(code, message, data))
          }
          // The journal does not know it: the host lost its disk, or it was never taken. The key makes it safe.
          if (answer.state === 'unknown') accepted = false
        } catch (error) {
          if (error instanceof JobFailed) throw error.failure
          if (!isLinkTrouble(error)) throw error
          // Until the registry has noticed the loss, do not spin.
          await runtime.sleep(Math.min(100, left()), options.signal)
        }
      }
    } finally {
      watching.delete(watch)
      if (watching.size === 0 && watchers.get(key) === watching) watchers.delete(key)
    }
  }

  return {
    call,
    run,
    isConnected: (hostId) => sessions.byHost.has(hostId),
    async connected(hostId, timeoutMs) {
      await waitFor(hostId, timeoutMs)
    },
    drop(hostId, reason) {
      sessions.byHost.get(hostId)?.connection.close(reason)
    },
    load: (hostId) => sessions.byHost.get(hostId)?.load,
    acknowledge(hostId, keys) {
      const session = sessions.byHost.get(hostId)
      for (const key of keys) {
        session?.acknowledge.add(key)
        // Keys outside of workflows have a run of their own each.
        const runId = key.slice(0, key.indexOf('/'))
        const ofRun = keysOfRun.get(runId)
        if (ofRun?.delete(key) && ofRun.size === 0) keysOfRun.delete(runId)
      }
    },
    runFinished(runId) {
      for (const [key, hostId] of keysOfRun.get(runId) ?? []) sessions.byHost.get(hostId)?.acknowledge.add(key)
      keysOfRun.delete(runId)
    },
    jobReported(key, report) {
      for (const watcher of watchers.get(key) ?? []) watcher(report)
    },
  }
}

/** Carries a job's own failure past the handling of link trouble. */
class JobFailed extends Error {
  readonly failure: AltoError
  constructor(failure: AltoError) {
    super(failure.message)
    this.failure = failure
  }
}

function isLinkTrouble(error: unknown): boolean {
  return error instanceof AltoError && (error.code === 'agent.unreachable' || error.code === 'agent.outcome-unknown')
}
