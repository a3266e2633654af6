import { AgentCallError, altoErrorData, rpcErrorCodes } from '@altostack/agent-api'
import { type AltoError, agentFailure, errorText, type Runtime } from '@altostack/core'
import {
  CallTimeoutError,
  ConnectionLostError,
  type DomainRef,
  isLibvirtError,
  LibvirtClient,
  LibvirtError,
  type Timers,
} from '@altostack/libvirt'
import type { Log } from '../log.ts'

/** The host's libvirt: calls whose failures are the host's, and whether it is there at all. */
export type Libvirt = {
  readonly uri: string
  readonly up: () => boolean
  /** Why it is down, for checks and errors. */
  readonly seen: () => string
  /** Runs calls on the shared connection; failures become `agent.libvirt` or `agent.libvirt-down`. */
  readonly use: <T>(work: (client: LibvirtClient) => Promise<T>) => Promise<T>
  /** The same on a connection of its own: for long calls, since libvirtd serves few requests a client at a time. */
  readonly useOwn: <T>(work: (client: LibvirtClient) => Promise<T>) => Promise<T>
  readonly find: (instanceName: string) => Promise<DomainRef | undefined>
  readonly close: () => Promise<void>
}

export type LibvirtEvents = {
  /** After each connect; `resync` says that events may have been lost. */
  readonly onUp: (resync: boolean) => void
  readonly onDown: (reason: string) => void
  readonly onLifecycle: (domain: DomainRef, event: number, detail: number) => void
}

export function openLibvirt(uri: string, runtime: Runtime, log: Log, events: LibvirtEvents): Libvirt {
  let seen = 'not connected yet'
  let wasUp = false
  const timers: Timers = {
    now: runtime.monotonic,
    random: runtime.random,
    after: (ms, task) => ({ cancel: runtime.after(ms, task) }),
  }
  const common = {
    uri,
    timers,
    callTimeoutMs: 30_000,
    onHandlerError: (error: unknown) => log.error({ error: errorText(error) }, 'libvirt event handler failed'),
  }
  const client = new LibvirtClient({
    ...common,
    reconnect: { initial: true, minDelayMs: 100, maxDelayMs: 3000 },
    onConnected: () => {
      seen = ''
      const resync = wasUp
      wasUp = true
      log.info({ uri }, 'libvirt is connected')
      events.onUp(resync)
    },
    onDisconnected: (reason) => {
      seen = reason.message
      log.warn({ uri, reason: reason.message }, 'libvirt is gone')
      events.onDown(reason.message)
    },
    onConnectFailed: (error) => {
      if (seen !== error.message) log.warn({ uri, reason: error.message }, 'libvirt does not answer')
      seen = error.message
    },
  })
  // Subscriptions live over reconnects; the first connect registers them.
  void client.on('lifecycle', ({ dom, event, detail }) => events.onLifecycle(dom, event, detail))
  client.start().catch(() => {})
  const use: Libvirt['use'] = async (work) => {
    try {
      return await work(client)
    } catch (error) {
      throw hostFailure(error, seen)
    }
  }
  return {
    uri,
    up: () => client.state === 'connected',
    seen: () => seen,
    use,
    async useOwn(work) {
      const own = new LibvirtClient({ ...common, reconnect: false, callTimeoutMs: 0 })
      try {
        await own.start()
        return await work(own)
      } catch (error) {
        throw hostFailure(error, seen)
      } finally {
        await own.close().catch(() => {})
      }
    },
    find: (instanceName) =>
      use(async ({ domain }) => {
        try {
          return await domain.lookupByName(instanceName)
        } catch (error) {
          if (isLibvirtError(error, 'NO_DOMAIN')) return undefined
          throw error
        }
      }),
    close: () => client.close(),
  }
}

/** libvirt's failures as the host's; others pass as they are. */
function hostFailure(error: unknown, seen: string): unknown {
  if (error instanceof LibvirtError) {
    const { procedure, codeName } = error
    return withEffect(
      agentFailure('agent.libvirt', error.message, {
        seen: `${procedure}: ${error.message}`,
        evidence: { procedure, code: codeName },
        cause: error,
      }),
      true,
    )
  }
  if (error instanceof ConnectionLostError || error instanceof CallTimeoutError) {
    return withEffect(
      agentFailure('agent.libvirt-down', 'libvirtd does not answer', { seen: error.message || seen, cause: error }),
      error.mayHaveTakenEffect,
    )
  }
  if (error instanceof Error && error.name === 'ConnectError') {
    return withEffect(
      agentFailure('agent.libvirt-down', 'libvirtd does not answer', { seen: error.message, cause: error }),
      false,
    )
  }
  return error
}

function withEffect(error: AltoError, effectPossible: boolean): AgentCallError {
  const failure = new AgentCallError('', rpcErrorCodes.failure, error.message, altoErrorData(error, effectPossible))
  failure.cause = error.cause
  return failure
}

/** True when the failure is libvirt's error with one of these code names. */
export function isLibvirtCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof AgentCallError && codes.includes(String(error.data.evidence?.code))
}
