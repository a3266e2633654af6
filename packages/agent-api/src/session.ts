import { errorText, type Runtime } from '@altostack/core'
import { createPeer, type Handlers, type ParamsInput, type Peer } from './peer.ts'
import type { Params, ReportMethodName, Result } from './registry.ts'

/** One open text channel to a server. */
export type Connection = {
  send(text: string): void
  onText(listener: (text: string) => void): void
  /** Called once, whoever closes. */
  onClose(listener: (reason: string) => void): void
  close(): void
}
/** Opens a channel to one server (`host:port`); rejects with the reason that the log should show. */
export type Transport = (server: string) => Promise<Connection>

export type LinkState = 'connecting' | 'up' | 'waiting'
export type SessionOptions = {
  readonly runtime: Runtime
  readonly transport: Transport
  /** `host:port` of each server; the first one that is up is the primary for reports. */
  readonly servers: readonly string[]
  readonly handlers: Partial<Handlers<'agent'>>
  readonly hello: () => Promise<ParamsInput<'server.hello'>>
  readonly ping: (sequence: number) => Promise<ParamsInput<'report.ping'>> | ParamsInput<'report.ping'>
  /** A server took the hello. Its `acknowledge` list also goes to `onAcknowledge`. */
  readonly onHello?: (server: string, result: Result<'server.hello'>) => void | Promise<void>
  /** Outcomes that a server has saved. */
  readonly onAcknowledge?: (keys: readonly string[]) => void
  /** Another server became the primary: it needs a full report, since it may have missed some. */
  readonly onPrimary?: (server: string) => void
  readonly onLink?: (server: string, state: LinkState, reason: string) => void
  readonly onError?: (error: unknown, where: string) => void
  /** First and longest wait between attempts, ms. Each wait is drawn from the upper half of a doubling bound. */
  readonly backoffMs?: { readonly first: number; readonly longest: number }
}

export type Session = {
  start(): void
  /** Adds and drops links so that exactly these servers are served. */
  setServers(servers: readonly string[]): void
  /** Calls the primary; rejects when no server is connected. */
  report<N extends ReportMethodName>(method: N, params: ParamsInput<N>): Promise<Result<N>>
  /** Calls every connected server; failures only reach `onError`. */
  broadcast<N extends ReportMethodName>(method: N, params: ParamsInput<N>): Promise<void>
  /** Drops every connection and connects again at once. */
  reconnect(reason: string): void
  stop(reason: string): void
  readonly connected: readonly string[]
  readonly primary: string | undefined
}

type Link = {
  readonly server: string
  peer: Peer<'agent'> | undefined
  connection: Connection | undefined
  up: boolean
  stopped: boolean
  attempt: number
  cancelTimer: () => void
}

/** The agent's side of its connections: connect with back-off and jitter, hello, pings, reports to one primary server. */
export function createSession(options: SessionOptions): Session {
  const { runtime } = options
  const backoff = options.backoffMs ?? { first: 500, longest: 15000 }
  const links = new Map<string, Link>()
  let running = false
  let primary: string | undefined

  function add(server: string): void {
    const link: Link = {
      server,
      peer: undefined,
      connection: undefined,
      up: false,
      stopped: false,
      attempt: 0,
      cancelTimer: () => {},
    }
    links.set(server, link)
    if (running) void connect(link)
  }

  async function connect(link: Link): Promise<void> {
    options.onLink?.(link.server, 'connecting', '')
    let connection: Connection
    try {
      connection = await options.transport(link.server)
    } catch (error) {
      return retry(link, errorText(error))
    }
    if (link.stopped) return connection.close()
    const peer: Peer<'agent'> = createPeer({
      role: 'agent',
      runtime,
      handlers: options.handlers,
      send: (text) => connection.send(text),
      onError: (error, where) => options.onError?.(error, `${link.server} ${where}`),
    })
    link.peer = peer
    link.connection = connection
    connection.onText((text) => peer.receive(text))
    connection.onClose((reason) => lost(link, peer, reason))
    try {
      const result = await peer.call('server.hello', await options.hello())
      if (link.peer !== peer) return
      await options.onHello?.(link.server, result)
      if (link.peer !== peer) return
      link.attempt = 0
      link.up = true
      options.onAcknowledge?.(result.acknowledge)
      options.onLink?.(link.server, 'up', '')
      choosePrimary()
      // Spread over the interval, so that thousands of agents that came back together do not ping together.
      const first = Math.ceil(result.pingIntervalMs * (0.5 + runtime.random() / 2))
      schedulePing(link, peer, 1, result.pingIntervalMs, first)
    } catch (error) {
      drop(link, peer, `hello: ${errorText(error)}`)
    }
  }

  function schedulePing(link: Link, peer: Peer<'agent'>, sequence: number, intervalMs: number, inMs: number): void {
    link.cancelTimer = runtime.after(inMs, () => void pingOnce(link, peer, sequence, intervalMs))
  }

  async function pingOnce(link: Link, peer: Peer<'agent'>, sequence: number, intervalMs: number): Promise<void> {
    if (link.peer !== peer) return
    try {
      const answer = await peer.call('report.ping', await options.ping(sequence))
      if (link.peer !== peer) return
      options.onAcknowledge?.(answer.acknowledge)
      schedulePing(link, peer, sequence + 1, intervalMs, intervalMs)
    } catch (error) {
      drop(link, peer, `ping: ${errorText(error)}`)
    }
  }

  /** Closes a connection that is of no more use and tries again. */
  function drop(link: Link, peer: Peer<'agent'>, reason: string): void {
    const connection = link.connection
    lost(link, peer, reason)
    connection?.close()
  }

  function lost(link: Link, peer: Peer<'agent'>, reason: string): void {
    peer.close(reason)
    if (link.peer !== peer) return
    link.peer = undefined
    link.connection = undefined
    link.up = false
    link.cancelTimer()
    choosePrimary()
    retry(link, reason)
  }

  function retry(link: Link, reason: string): void {
    if (link.stopped) return
    options.onLink?.(link.server, 'waiting', reason)
    const bound = Math.min(backoff.longest, backoff.first * 2 ** Math.min(link.attempt, 16))
    link.attempt++
    link.cancelTimer = runtime.after(bound * (0.5 + runtime.random() / 2), () => void connect(link))
  }

  function choosePrimary(): void {
    const next = [...links.values()].find((link) => link.up)?.server
    if (next === primary) return
    const first = primary === undefined
    primary = next
    // The first primary has everything by its hello.
    if (next !== undefined && !first) options.onPrimary?.(next)
  }

  function end(link: Link, reason: string): void {
    link.stopped = true
    link.cancelTimer()
    const { peer, connection } = link
    link.peer = undefined
    link.connection = undefined
    link.up = false
    peer?.close(reason)
    connection?.close()
  }

  for (const server of options.servers) add(server)

  return {
    start() {
      if (running) return
      running = true
      for (const link of links.values()) void connect(link)
    },
    setServers(servers) {
      for (const [server, link] of [...links]) {
        if (servers.includes(server)) continue
        links.delete(server)
        end(link, 'server no longer listed')
      }
      for (const server of servers) if (!links.has(server)) add(server)
      choosePrimary()
    },
    async report(method, params) {
      const peer = primary === undefined ? undefined : links.get(primary)?.peer
      if (peer === undefined) throw new Error('no management server is connected')
      return await peer.call(method, params)
    },
    async broadcast(method, params) {
      const calls = [...links.values()].map(async (link) => {
        if (!link.up || link.peer === undefined) return
        await link.peer.call(method, params).catch((error) => options.onError?.(error, `${link.server} ${method}`))
      })
      await Promise.all(calls)
    },
    reconnect(reason) {
      for (const link of [...links.values()]) {
        const { server } = link
        end(link, reason)
        links.delete(server)
        add(server)
      }
      choosePrimary()
    },
    stop(reason) {
      running = false
      for (const link of links.values()) end(link, reason)
      links.clear()
      primary = undefined
    },
    get connected() {
      return [...links.values()].filter((link) => link.up).map((link) => link.server)
    },
    get primary() {
      return primary
    },
  }
}

export type HelloResult = Result<'server.hello'>
export type HelloParams = Params<'server.hello'>
