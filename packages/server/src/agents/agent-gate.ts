import { createPeer, type Handlers, type HelloParams, type HelloResult, type Params } from '@altostack/agent-api'
import { AltoError, agentLinkFailure, errorText } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { hostLost } from '../host/index.ts'
import { collectAfterRush } from './after-rush.ts'
import { welcome } from './arrival.ts'
import type { Calls } from './calls.ts'
import { alertClone, takeHello } from './hello.ts'
import type { HostListener } from './host-listener.ts'
import type { AgentConnection, AgentIdentity, AgentSession, SessionRegistry } from './session.ts'
import { createSharedCommit } from './shared-commit.ts'

export type AgentGate = {
  /** Takes a connection whose certificate was checked. */
  readonly accept: (connection: AgentConnection, identity: AgentIdentity) => void
  /** Forgets a session whose loss was recorded already and closes it. */
  readonly give: (session: AgentSession, reason: string) => void
  /** Closes every connection without calling any host lost: the server stops. */
  readonly close: (reason: string) => void
  readonly size: () => number
}

export type GateOptions = {
  readonly ctx: ServerContext
  readonly sessions: SessionRegistry
  readonly calls: Calls
  readonly listeners: readonly HostListener[]
  /** Database id of this server among the management servers. */
  readonly serverId: number | null
  readonly servers: (dialled: string | undefined) => Promise<readonly string[]>
}

/** How long a host's older connection may take to prove that it lives, before a newer one replaces it. */
const probeMs = 3000
/** A connection that has not said hello by then is closed. */
const helloWithinMs = 20_000

/** Turns connections into sessions: hello first, then reports; one session a host. */
export function createAgentGate(options: GateOptions): AgentGate {
  const { ctx, sessions, calls, listeners } = options
  const all = new Set<AgentSession>()
  const commit = createSharedCommit(ctx)
  const noteCome = collectAfterRush(ctx.runtime)
  /** The session of each host that has said hello, by its uuid. */
  const greeted = new Map<string, AgentSession>()
  let lastId = 0
  let closing = false

  function accept(connection: AgentConnection, identity: AgentIdentity): void {
    if (closing) {
      connection.close('the server stops')
      return
    }
    const session: AgentSession = {
      id: ++lastId,
      identity,
      connection,
      peer: createPeer({
        role: 'server',
        runtime: ctx.runtime,
        send: (text) => connection.send(text),
        handlers: handlersOf(() => session),
        onError: (error, where) =>
          ctx.log.warn({ host: identity.hostUuid, where, err: error }, 'a frame of an agent could not be taken'),
      }),
      hostId: undefined,
      bootId: '',
      lastSeen: ctx.runtime.monotonic(),
      load: undefined,
      acknowledge: new Set(),
      closed: false,
    }
    all.add(session)
    const stopTimer = ctx.runtime.after(helloWithinMs, () => {
      if (session.hostId === undefined) connection.close('no hello')
    })
    connection.onText((text) => {
      session.lastSeen = ctx.runtime.monotonic()
      session.peer.receive(text)
    })
    connection.onClose((reason, orderly) => {
      stopTimer()
      void closed(session, reason, orderly)
    })
  }

  function handlersOf(self: () => AgentSession): Handlers<'server'> {
    const known = (): { session: AgentSession; hostId: number } => {
      const session = self()
      if (session.hostId === undefined) throw agentLinkFailure('agent.not-said-hello', 'server.hello comes first')
      return { session, hostId: session.hostId }
    }
    return {
      'server.hello': (params) => hello(self(), params),
      'report.ping': (params) => {
        const { session, hostId } = known()
        return ping(session, hostId, params)
      },
      'report.job': (params) => {
        known()
        calls.jobReported(params.key, params)
        return {}
      },
      'report.domain': async (params) => {
        const { hostId } = known()
        await tell((listener) => listener.domain?.(ctx, hostId, params.domain, params.cause))
        return {}
      },
      'report.password-taken': async ({ instanceName, version }) => {
        const { hostId } = known()
        for (const listener of listeners) await listener.passwordTaken?.(ctx, hostId, instanceName, version)
        return {}
      },
      'pool.lease': async (params) => {
        const { hostId } = known()
        for (const { poolLease } of listeners) if (poolLease !== undefined) return await poolLease(ctx, hostId, params)
        return { held: false, ttlMs: 0 }
      },
      'report.stats': async (params) => {
        const { hostId } = known()
        await tell((listener) => listener.stats?.(ctx, hostId, params))
        return {}
      },
      'report.domains': async (params) => {
        const { hostId } = known()
        await tell((listener) => listener.domains?.(ctx, hostId, params.domains, params.cause))
        return {}
      },
    }
  }

  async function hello(session: AgentSession, params: HelloParams): Promise<HelloResult> {
    try {
      await refuseSecondMachine(session, params)
      const servers = await options.servers(session.identity.dialled)
      const { host, result } = await takeHello(ctx, session.identity, params, options.serverId, servers, commit)
      if (session.closed) throw agentLinkFailure('agent.not-said-hello', 'The connection ended during its hello')
      session.bootId = params.facts.bootId
      const before = sessions.enter(host.id, session)
      greeted.set(host.uuid, session)
      if (before !== undefined) give(before, 'replaced by a newer connection of the same host')
      ctx.log.info({ host: host.name, address: session.identity.remoteAddress }, 'an agent has connected')
      const troubles = params.checks.filter((check) => check.status !== 'ok')
      if (troubles.length > 0)
        ctx.log.warn({ host: host.name, checks: troubles }, 'a host connected with failed checks')
      ctx.runtime.after(0, () => void makeReady(session, host, params))
      return result
    } catch (error) {
      if (error instanceof AltoError) {
        ctx.log.warn(
          { host: session.identity.hostUuid, code: error.code, seen: error.seen, fix: error.fix },
          `An agent was refused: ${error.message}`,
        )
      }
      // The answer goes out first: the agent logs the named reason.
      ctx.runtime.after(50, () => session.connection.close(`refused: ${errorText(error)}`))
      throw error
    }
  }

  /** A copy of the host's disk has its certificate and machine id: if the first machine still answers, the second is it. */
  async function refuseSecondMachine(session: AgentSession, params: HelloParams): Promise<void> {
    const first = greeted.get(params.hostUuid)
    if (first === undefined || first === session || first.closed || first.bootId === params.facts.bootId) return
    try {
      const facts = await first.peer.call('host.facts', {}, { deadlineMs: probeMs })
      if (facts.bootId !== first.bootId) return
    } catch {
      return
    }
    await alertClone(ctx, session.identity, params)
    throw agentLinkFailure('agent.cloned', 'Two machines use the identity of this host at the same time', {
      seen: `${first.identity.remoteAddress} and ${session.identity.remoteAddress}`,
      entities: [{ uuid: params.hostUuid, description: 'Host' }],
    })
  }

  async function makeReady(
    session: AgentSession,
    host: Parameters<typeof welcome>[2],
    params: HelloParams,
  ): Promise<void> {
    try {
      await welcome(ctx, session, host, params, listeners, commit)
      if (session.closed) return
      await tell((listener) => listener.up?.(ctx, host.id))
      noteCome()
    } catch (error) {
      if (closing) return
      ctx.log.error({ host: host.name, err: error }, 'a host could not be made ready; it connects again')
      session.connection.close(`not ready: ${errorText(error)}`)
    }
  }

  async function ping(
    session: AgentSession,
    hostId: number,
    params: Params<'report.ping'>,
  ): Promise<{ clock: number; acknowledge: string[] }> {
    const { load1, memoryFreeBytes, vms, libvirt } = params
    session.load = { at: ctx.runtime.now(), load1, memoryFreeBytes, vms, libvirt }
    const acknowledge = [...session.acknowledge]
    session.acknowledge.clear()
    if (params.pools.length > 0) void tell((listener) => listener.pools?.(ctx, hostId, params.pools))
    return { clock: ctx.runtime.now(), acknowledge }
  }

  async function tell(act: (listener: HostListener) => Promise<void> | undefined): Promise<void> {
    for (const listener of listeners) {
      try {
        await act(listener)
      } catch (error) {
        if (!closing) ctx.log.error({ listener: listener.name, err: error }, 'a listener failed on a host report')
      }
    }
  }

  async function closed(session: AgentSession, reason: string, orderly: boolean): Promise<void> {
    if (session.closed) return
    end(session, reason)
    // Replaced by a newer session, given up already, or never greeted: nobody is lost.
    if (closing || !sessions.leave(session) || session.hostId === undefined) return
    const hostId = session.hostId
    try {
      await hostLost(ctx, hostId, {
        event: orderly ? 'ShutdownRequested' : 'AgentDisconnected',
        cause: orderly ? 'agent.stopped' : 'agent.closed',
        reason: orderly ? `The agent stopped: ${reason}` : `The connection of the agent ended: ${reason}`,
        lastSeen: session.load?.at ?? ctx.runtime.now(),
        serverId: options.serverId,
      })
    } catch (error) {
      ctx.log.error({ host: hostId, err: error }, 'the loss of a host could not be saved')
    }
    await tell((listener) => listener.lost?.(ctx, hostId, reason))
  }

  function end(session: AgentSession, reason: string): void {
    session.closed = true
    all.delete(session)
    if (greeted.get(session.identity.hostUuid) === session) greeted.delete(session.identity.hostUuid)
    session.peer.close(reason)
  }

  function give(session: AgentSession, reason: string): void {
    sessions.leave(session)
    end(session, reason)
    session.connection.close(reason)
  }

  return {
    accept,
    give,
    close(reason) {
      closing = true
      for (const session of [...all]) give(session, reason)
    },
    size: () => all.size,
  }
}
