import { Bug } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { publishServerKey } from '../host/index.ts'
import { type AgentGate, createAgentGate } from './agent-gate.ts'
import type { Agents, AgentTrust } from './agents-port.ts'
import {
  type CertificateAuthority,
  loadAuthority,
  loadServerCertificate,
  openAuthority,
  type ServerCertificate,
} from './ca/index.ts'
import { createCalls } from './calls.ts'
import { createChannels } from './channels.ts'
import { disconnectHostsOfDeadServers } from './dead-servers.ts'
import type { HostListener } from './host-listener.ts'
import { type AgentListener, listenForAgents } from './listener.ts'
import { openChannel } from './open-channel.ts'
import { type PingMonitor, watchPings } from './ping-monitor.ts'
import { advertisedServers, certificateNames } from './server-names.ts'
import { createSessionRegistry } from './session.ts'
import { enterServer } from './this-server.ts'

export type AgentServerOptions = {
  readonly runtime: ServerContext['runtime']
  /** Address of the agent port; 0.0.0.0 unless said. */
  readonly bind?: string
  /** 8250 unless said; 0: any free one. */
  readonly port?: number
  /** More names and addresses for the server's certificate. */
  readonly names?: readonly string[]
  readonly listeners: readonly HostListener[]
}

export type AgentServer = {
  /** For the context: usable before `open`, when no host is connected yet. */
  readonly agents: Agents
  /** Loads or makes the authority and the certificate; marks hosts of dead servers Disconnected. */
  readonly open: (ctx: ServerContext) => Promise<void>
  /** Begins to take agents; answers the port. `open` comes first. */
  readonly listen: () => Promise<number>
  /** Key and certificate for the API's HTTPS port. Throws Bug before `open`. */
  readonly certificate: () => ServerCertificate
  readonly authority: () => CertificateAuthority
  /** Where a simulation hands in its connections without TLS. Throws Bug before `open`. */
  readonly gate: () => AgentGate
  /** Looks for silent agents now instead of at the next turn. */
  readonly lookForSilence: () => Promise<void>
  /** A run has ended: the keys of its steps may be forgotten by the hosts. Call from the engine's `onFinished`. */
  readonly runFinished: (runId: string) => void
  readonly close: () => Promise<void>
}

type Opened = {
  readonly ctx: ServerContext
  readonly authority: CertificateAuthority
  readonly certificate: ServerCertificate
  readonly gate: AgentGate
  readonly monitor: PingMonitor
}

/** The server's side of all agents: authority, port 8250, sessions, calls. */
export function createAgentServer(options: AgentServerOptions): AgentServer {
  const bind = options.bind ?? '0.0.0.0'
  const sessions = createSessionRegistry()
  let workers = 1
  const calls = createCalls(sessions, options.runtime, () => workers)
  const channels = createChannels(options.runtime)
  let opened: Opened | undefined
  let listener: AgentListener | undefined
  const port = (): number => listener?.port ?? options.port ?? 8250
  const state = (): Opened => {
    if (opened === undefined) throw new Bug('the agent server is not open yet')
    return opened
  }

  async function serversFor(ctx: ServerContext, dialled: string | undefined): Promise<readonly string[]> {
    return await advertisedServers(ctx, bind, port(), dialled)
  }

  const agents: Agents = {
    ...calls,
    openChannel: (hostId, begin) => openChannel(sessions, channels, hostId, begin),
    trust(): AgentTrust {
      const { authority, ctx } = state()
      return {
        caCertificate: authority.certificate,
        caFingerprint: authority.fingerprint,
        port: port(),
        servers: (seenAs) => advertisedServers(ctx, bind, port(), seenAs),
      }
    },
  }

  return {
    agents,
    async open(ctx) {
      workers = await ctx.config.number('workers')
      const authority = await openAuthority(await loadAuthority(ctx), ctx.runtime)
      const names = certificateNames(bind, options.names ?? [])
      const certificate = await loadServerCertificate(authority, ctx.runtime, ctx.dataDir, names)
      await publishServerKey(ctx)
      const serverId = await enterServer(ctx, port())
      await disconnectHostsOfDeadServers(ctx, serverId)
      const gate = createAgentGate({
        ctx,
        sessions,
        calls,
        listeners: options.listeners,
        serverId,
        servers: (dialled) => serversFor(ctx, dialled),
      })
      opened = { ctx, authority, certificate, gate, monitor: watchPings(ctx, sessions, gate.give) }
    },
    async listen() {
      const { ctx, authority, certificate, gate } = state()
      listener = await listenForAgents({
        ctx,
        authority,
        certificate,
        gate,
        channels,
        bind,
        port: options.port ?? 8250,
        servers: (dialled) => serversFor(ctx, dialled),
      })
      ctx.log.info({ bind, port: listener.port }, 'listening for agents')
      return listener.port
    },
    certificate: () => state().certificate,
    authority: () => state().authority,
    gate: () => state().gate,
    lookForSilence: () => state().monitor.lookNow(),
    runFinished: calls.runFinished,
    async close() {
      opened?.monitor.stop()
      opened?.gate.close('the management server stops')
      await listener?.close()
      listener = undefined
    },
  }
}
