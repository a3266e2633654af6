import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import {
  createPeer,
  type HostMethodName,
  type Params,
  type ParamsInput,
  type Peer,
  type Result,
} from '@altostack/agent-api'
import { systemRuntime } from '@altostack/core'
import { type WebSocket, WebSocketServer } from 'ws'
import type { TestAuthority } from './agent-host.ts'

export type AgentPort = {
  readonly port: number
  readonly hellos: Params<'server.hello'>[]
  readonly reports: Params<'report.domain'>['domain'][]
  readonly connected: (hostUuid: string) => boolean
  readonly call: <N extends HostMethodName>(hostUuid: string, method: N, params: ParamsInput<N>) => Promise<Result<N>>
  /** Calls a long method and polls it to its end. */
  readonly finish: <N extends HostMethodName>(
    hostUuid: string,
    method: N,
    params: ParamsInput<N> & { tokens: { key: string } },
  ) => Promise<Result<'job.poll'>>
  readonly addImage: (uuid: string, bytes: Buffer) => void
  readonly stop: () => Promise<void>
}

/** The server's side of the agent port over real mutual TLS, without a database behind it. */
export async function startAgentPort(authority: TestAuthority, address: string): Promise<AgentPort> {
  const { certificate, key } = await authority.issue('server', [{ type: 'ip', value: address }])
  const images = new Map<string, Buffer>()
  const server = createServer(
    { cert: certificate, key, ca: authority.ca, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' },
    (request, response) => {
      const bytes = images.get(request.url?.replace('/images/', '') ?? '')
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
      if (bytes === undefined) response.writeHead(404).end()
      else response.writeHead(from > 0 ? 206 : 200).end(bytes.subarray(from))
    },
  )
  const sockets = new WebSocketServer({ noServer: true })
  const peers = new Map<string, Peer<'server'>>()
  const hellos: Params<'server.hello'>[] = []
  const reports: Params<'report.domain'>['domain'][] = []
  server.on('upgrade', (request, socket, head) => {
    const hostUuid = String((request.socket as TLSSocket).getPeerCertificate().subject?.CN)
    sockets.handleUpgrade(request, socket, head, (ws) => accept(ws, hostUuid))
  })

  function accept(ws: WebSocket, hostUuid: string): void {
    const peer: Peer<'server'> = createPeer({
      role: 'server',
      runtime: systemRuntime(),
      send: (text) => ws.send(text),
      handlers: {
        'server.hello': (hello) => {
          hellos.push(hello)
          peers.set(hostUuid, peer)
          const none = { servers: [], acknowledge: [], settings: {} }
          return {
            ...{
              hostId: 1,
              serverIncarnation: 's',
              hostIncarnation: 0,
              acknowledgedIncarnation: 0,
              pingIntervalMs: 1000,
            },
            ...none,
          }
        },
        'report.ping': () => ({ clock: 0, acknowledge: [] }),
        'report.domain': ({ domain }) => {
          reports.push(domain)
          return {}
        },
        'report.domains': () => ({}),
        'pool.lease': () => ({ held: true, ttlMs: 60_000 }),
        'report.password-taken': () => ({}),
        'report.stats': () => ({}),
        'report.job': () => ({}),
      },
    })
    ws.on('message', (data) => peer.receive(data.toString()))
    ws.on('close', () => {
      peer.close('closed')
      if (peers.get(hostUuid) === peer) peers.delete(hostUuid)
    })
  }

  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const call: AgentPort['call'] = async (hostUuid, method, params) => {
    const peer = peers.get(hostUuid)
    if (peer === undefined) throw new Error(`host ${hostUuid} is not connected`)
    return await peer.call(method, params)
  }
  return {
    port: (server.address() as AddressInfo).port,
    hellos,
    reports,
    connected: (hostUuid) => peers.has(hostUuid),
    call,
    async finish(hostUuid, method, params) {
      await call(hostUuid, method, params)
      for (;;) {
        const answer = await call(hostUuid, 'job.poll', { key: params.tokens.key, waitMs: 5000 })
        if (answer.state !== 'running') return answer
      }
    },
    addImage: (uuid, bytes) => void images.set(uuid, bytes),
    stop: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate()
        sockets.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
