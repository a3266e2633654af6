import type { Peer } from '@altostack/agent-api'
import type { AgentLoad } from './agents-port.ts'

/** One open text channel from an agent; TLS in production, memory in the simulation. */
export type AgentConnection = {
  send(text: string): void
  onText(listener: (text: string) => void): void
  /** Called once, whoever closes. `orderly`: the agent said that it stops. */
  onClose(listener: (reason: string, orderly: boolean) => void): void
  close(reason: string): void
}

/** Whom the certificate names, checked before the connection is handed over. */
export type AgentIdentity = {
  readonly hostUuid: string
  /** Row of host_certificate. */
  readonly certificateId: number
  readonly remoteAddress: string
  /** `host:port` that the agent dialled. */
  readonly dialled?: string
}

/** A connected agent. Nothing of it is in the database. */
export type AgentSession = {
  readonly id: number
  readonly identity: AgentIdentity
  readonly peer: Peer<'server'>
  readonly connection: AgentConnection
  /** Set by its hello. */
  hostId: number | undefined
  bootId: string
  /** Monotonic, ms: the last message. */
  lastSeen: number
  load: AgentLoad | undefined
  readonly acknowledge: Set<string>
  closed: boolean
}

export type SessionRegistry = {
  readonly byHost: ReadonlyMap<number, AgentSession>
  /** The session of a host from now on; answers the one it replaces. */
  enter(hostId: number, session: AgentSession): AgentSession | undefined
  /** Forgets a session; false when it is not (or no longer) its host's. */
  leave(session: AgentSession): boolean
  /** Resolves with the host's session, at once or when it enters. */
  wait(hostId: number, signal: AbortSignal): Promise<AgentSession>
}

export function createSessionRegistry(): SessionRegistry {
  const byHost = new Map<number, AgentSession>()
  const waiting = new Map<number, Set<(session: AgentSession) => void>>()
  return {
    byHost,
    enter(hostId, session) {
      const before = byHost.get(hostId)
      session.hostId = hostId
      byHost.set(hostId, session)
      const waiters = waiting.get(hostId)
      waiting.delete(hostId)
      for (const wake of waiters ?? []) wake(session)
      return before === session ? undefined : before
    },
    leave(session) {
      if (session.hostId === undefined || byHost.get(session.hostId) !== session) return false
      return byHost.delete(session.hostId)
    },
    wait(hostId, signal) {
      const here = byHost.get(hostId)
      if (here !== undefined) return Promise.resolve(here)
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        const waiters = waiting.get(hostId) ?? new Set()
        waiting.set(hostId, waiters)
        const give = (session: AgentSession): void => {
          signal.removeEventListener('abort', stop)
          resolve(session)
        }
        const stop = (): void => {
          waiters.delete(give)
          if (waiters.size === 0 && waiting.get(hostId) === waiters) waiting.delete(hostId)
          reject(signal.reason)
        }
        waiters.add(give)
        signal.addEventListener('abort', stop, { once: true })
      })
    },
  }
}
