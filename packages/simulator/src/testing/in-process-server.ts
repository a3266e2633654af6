import { createPeer, type Handlers, type Params, type Peer, type Transport } from '@altostack/agent-api'
import type { Runtime } from '@altostack/core'
import { channelPair } from '../channel.ts'

export type TestServer = {
  readonly transport: Transport
  /** The newest connection that has said hello. Throws when there is none. */
  readonly peer: () => Peer<'server'>
  readonly connected: () => boolean
  readonly hellos: Params<'server.hello'>[]
  readonly domainReports: Params<'report.domain'>[]
  readonly jobReports: Params<'report.job'>[]
  readonly pings: Params<'report.ping'>[]
  /** What the next hello answers. */
  readonly incarnation: { current: number; acknowledged: number }
  readonly acknowledge: string[]
  /** True once the newest connection ended, and whether in order. */
  readonly closed: { orderly: boolean }[]
}

/** The smallest management server, one host's worth, over an in-process channel. */
export function inProcessServer(runtime: Runtime): TestServer {
  let peer: Peer<'server'> | undefined
  const server: TestServer = {
    hellos: [],
    domainReports: [],
    jobReports: [],
    pings: [],
    incarnation: { current: 0, acknowledged: 0 },
    acknowledge: [],
    closed: [],
    connected: () => peer !== undefined && !peer.closed,
    peer() {
      if (peer === undefined || peer.closed) throw new Error('no host is connected')
      return peer
    },
    transport: async () => {
      const { agent, server: end } = channelPair({ runtime, latencyMs: () => 1 })
      const mine: Peer<'server'> = createPeer({
        role: 'server',
        runtime,
        handlers: handlers(() => {
          peer = mine
        }),
        send: (text) => end.send(text),
      })
      end.onText((text) => mine.receive(text))
      end.onClose((reason, orderly) => {
        server.closed.push({ orderly })
        mine.close(reason)
      })
      return agent
    },
  }

  function handlers(greeted: () => void): Handlers<'server'> {
    return {
      'server.hello': (params) => {
        server.hellos.push(params)
        greeted()
        return {
          hostId: 1,
          serverIncarnation: 'test',
          hostIncarnation: server.incarnation.current,
          acknowledgedIncarnation: server.incarnation.acknowledged,
          pingIntervalMs: 1000,
          servers: [],
          acknowledge: server.acknowledge.splice(0),
          settings: {},
        }
      },
      'report.ping': (params) => {
        server.pings.push(params)
        return { clock: runtime.now(), acknowledge: [] }
      },
      'report.domain': (params) => {
        server.domainReports.push(params)
        return {}
      },
      'report.domains': () => ({}),
      'pool.lease': () => ({ held: true, ttlMs: 60_000 }),
      'report.password-taken': () => ({}),
      'report.stats': () => ({}),
      'report.job': (params) => {
        server.jobReports.push(params)
        return {}
      },
    }
  }
  return server
}
