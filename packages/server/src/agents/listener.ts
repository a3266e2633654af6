import { hkdfSync } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket, TlsOptions } from 'node:tls'
import { agentPaths, maxFrameBytes } from '@altostack/agent-api'
import { AltoError, agentLinkFailure, type Runtime } from '@altostack/core'
import { type WebSocket, WebSocketServer } from 'ws'
import type { ServerContext } from '../context.ts'
import type { AgentGate } from './agent-gate.ts'
import {
  type CertificateAuthority,
  certificateRefusal,
  findHostCertificate,
  normalSerial,
  type PeerCertificate,
  type ServerCertificate,
} from './ca/index.ts'
import type { Channels } from './channels.ts'
import { answerError, answerJson, readJson } from './http-answers.ts'
import { sendImage } from './images.ts'
import { createJoinLimit, joinHost, renewHost } from './join.ts'
import type { AgentConnection, AgentIdentity } from './session.ts'
import { createSharedCommit } from './shared-commit.ts'
import { receiveUpload } from './uploads.ts'

export type AgentListener = { readonly port: number; readonly close: () => Promise<void> }
export type ListenerOptions = {
  readonly ctx: ServerContext
  readonly authority: CertificateAuthority
  readonly certificate: ServerCertificate
  readonly gate: AgentGate
  readonly channels: Channels
  readonly bind: string
  /** 0: any free one. */
  readonly port: number
  readonly servers: (dialled: string | undefined) => Promise<readonly string[]>
}

/** The agent port: TLS 1.3; a client certificate is asked of everybody and demanded everywhere but on /join. */
export async function listenForAgents(options: ListenerOptions): Promise<AgentListener> {
  const { ctx, gate } = options
  const limit = createJoinLimit(ctx.runtime)
  const commit = createSharedCommit(ctx)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false })
  const server: Server = createServer(
    {
      key: options.certificate.key,
      cert: options.certificate.certificate,
      ca: options.certificate.ca,
      minVersion: 'TLSv1.3',
      requestCert: true,
      ...resumption(options.certificate.key),
      // Bad certificates are refused by name in the answer, which a cut handshake could not give.
      rejectUnauthorized: false,
    },
    (request, response) => void serve(request, response),
  )
  server.headersTimeout = 15_000
  server.requestTimeout = 30_000

  async function identify(request: IncomingMessage): Promise<AgentIdentity> {
    const peer = peerCertificate(request)
    const known = peer.serial === undefined ? undefined : await findHostCertificate(ctx.db, peer.serial)
    const refusal = certificateRefusal(peer, known, ctx.runtime.now())
    if (refusal !== undefined) throw refusal
    const dialled = request.headers.host
    return {
      hostUuid: known?.certificate.host_uuid ?? '',
      certificateId: known?.certificate.id ?? 0,
      remoteAddress: peer.address,
      ...(dialled === undefined ? {} : { dialled }),
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const path = (request.url ?? '/').split('?')[0] ?? '/'
      if (path === agentPaths.join && request.method === 'POST') {
        limit.take(addressOf(request))
        const body = await readJson(request, 'agent.join-request')
        answerJson(
          response,
          200,
          await joinHost(ctx, options.authority, body, requestOrigin(request), options.servers, commit),
        )
      } else if (path === agentPaths.renew && request.method === 'POST') {
        const identity = await identify(request)
        const body = await readJson(request, 'agent.join-request')
        answerJson(response, 200, await renewHost(ctx, options.authority, body, identity, options.servers))
      } else if (path.startsWith(`${agentPaths.images}/`) && (request.method === 'GET' || request.method === 'HEAD')) {
        await identify(request)
        await sendImage(ctx, request, response, path.slice(agentPaths.images.length + 1))
      } else if (path.startsWith(`${agentPaths.uploads}/`) && request.method === 'PUT') {
        const { hostUuid } = await identify(request)
        await receiveUpload(ctx, request, response, path.slice(agentPaths.uploads.length + 1), hostUuid)
      } else {
        answerJson(response, 404, { code: 'api.bad-request', message: 'This is the agent port; the API is on 8080.' })
      }
    } catch (error) {
      logRefusal(request, error)
      answerError(response, error)
    }
  }

  function logRefusal(request: IncomingMessage, error: unknown): void {
    const fields = { address: addressOf(request), path: request.url }
    if (error instanceof AltoError) {
      ctx.log.warn({ ...fields, code: error.code, seen: error.seen, fix: error.fix }, `Refused: ${error.message}`)
    } else ctx.log.error({ ...fields, err: error }, 'a request on the agent port failed')
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy())
    try {
      const path = (request.url ?? '').split('?')[0] ?? ''
      const channel = path.startsWith(`${agentPaths.channel}/`) ? path.slice(agentPaths.channel.length + 1) : undefined
      if (path !== agentPaths.socket && channel === undefined) {
        throw agentLinkFailure('agent.join-request', `There is no socket at ${request.url}`)
      }
      const identity = await identify(request)
      if (socket.destroyed) return
      if (channel !== undefined) return takeChannel(identity, channel, request, socket, head)
      sockets.handleUpgrade(request, socket, head, (ws) => gate.accept(connectionOf(ws, ctx.runtime), identity))
    } catch (error) {
      logRefusal(request, error)
      refuseUpgrade(socket, error)
    }
  }
  function takeChannel(
    identity: AgentIdentity,
    id: string,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): void {
    const take = (): Promise<WebSocket> =>
      new Promise((resolve, reject) => {
        socket.once('close', () => reject(new Error('the host closed the channel')))
        sockets.handleUpgrade(request, socket, head, resolve)
      })
    if (options.channels.accept(identity.hostUuid, id, take)) return
    throw agentLinkFailure('agent.join-request', 'Nobody waits for that channel')
  }
  server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head))
  server.on('tlsClientError', (error, socket) => {
    ctx.log.debug({ address: socket.remoteAddress, err: error }, 'a TLS handshake on the agent port failed')
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: options.port, host: options.bind, backlog: 8192 }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const ws of sockets.clients) ws.terminate()
        sockets.close()
        server.closeAllConnections()
      }),
  }
}

const resumableSeconds = 86_400

/**
 * A host that comes back, also after a restart of this process, resumes its TLS session: half of a handshake's cost on
 * both sides. The tickets' key comes from the certificate's and changes with it. Each connection still makes keys of its
 * own, and its certificate is looked up in the database as ever.
 */
function resumption(privateKey: string): Pick<TlsOptions, 'ticketKeys' | 'sessionTimeout' | 'sessionIdContext'> {
  return {
    ticketKeys: Buffer.from(hkdfSync('sha256', privateKey, '', 'altostack agent port tickets', 48)),
    sessionTimeout: resumableSeconds,
    sessionIdContext: 'altostack agents',
  }
}

function peerCertificate(request: IncomingMessage): PeerCertificate {
  const socket = request.socket as TLSSocket
  const address = addressOf(request)
  // Reads two fields where getPeerCertificate would make an object of everything.
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return { address }
  const chainError = socket.authorized ? undefined : String(socket.authorizationError ?? 'UNKNOWN')
  return {
    serial: normalSerial(certificate.serialNumber),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    address,
    ...(chainError === undefined ? {} : { chainError }),
  }
}

function addressOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
}

function requestOrigin(request: IncomingMessage): { readonly address: string; readonly dialled: string | undefined } {
  return { address: addressOf(request), dialled: request.headers.host }
}

/** A peer that does not read is cut before its queue eats the server's memory. */
const maxQueuedBytes = 64 * 1024 * 1024

function connectionOf(ws: WebSocket, runtime: Runtime): AgentConnection {
  const heard: ((text: string) => void)[] = []
  const gone: ((reason: string, orderly: boolean) => void)[] = []
  ws.on('message', (data, isBinary) => {
    if (isBinary) return ws.close(1003, 'text frames only')
    const text = data.toString()
    for (const listener of heard) listener(text)
  })
  ws.on('error', () => ws.terminate())
  ws.on('close', (code, reason) => {
    const orderly = code === 1000 || code === 1001
    const text = reason.toString() || `websocket closed with ${code}`
    for (const listener of gone) listener(text, orderly)
  })
  return {
    send(text) {
      if (ws.bufferedAmount > maxQueuedBytes) return ws.terminate()
      ws.send(text)
    },
    onText: (listener) => heard.push(listener),
    onClose: (listener) => gone.push(listener),
    close(reason) {
      // 4000 and above are ours: the agent connects again after any close.
      ws.close(4000, Buffer.from(reason).subarray(0, 120).toString())
      // A peer that is gone never answers the close.
      runtime.after(2000, () => ws.terminate())
    },
  }
}

function refuseUpgrade(socket: Duplex, error: unknown): void {
  const known = error instanceof AltoError ? error : undefined
  const body = JSON.stringify({
    code: known?.code ?? 'api.internal',
    message: known?.message ?? 'The server failed',
    seen: known?.seen,
    fix: known?.fix,
  })
  const status = known === undefined ? '500 Internal Server Error' : '403 Forbidden'
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
