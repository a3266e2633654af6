import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { agentPaths, createPeer, type JoinRequest, maxFrameBytes, type Params, type Peer } from '@altostack/agent-api'
import { systemRuntime } from '@altostack/core'
import * as x509 from '@peculiar/x509'
import { type WebSocket, WebSocketServer } from 'ws'
import { fingerprint } from '../trust/tls.ts'

const runtime = systemRuntime()
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

export type TlsServer = {
  readonly port: number
  /** A new one-time token, as the simulator reads it. */
  readonly token: () => string
  /** Connected hosts by host id, after their hello. */
  readonly hosts: Map<string, { readonly peer: Peer<'server'>; readonly hello: Params<'server.hello'> }>
  /** Joins that were refused. */
  readonly refused: string[]
  readonly renewals: string[]
  /** Cuts every connection. */
  readonly drop: () => void
  readonly close: () => Promise<void>
}

/** A certificate authority and an agent port of the smallest kind: join, renew, mutual TLS, hello, pings. */
export async function startTlsServer(options: { readonly validityMs?: number } = {}): Promise<TlsServer> {
  const ca = await authority()
  const own = await ca.issueOwn()
  const tokens = new Map<string, { secret: string; machineId?: string; hostUuid: string }>()
  const hosts: TlsServer['hosts'] = new Map()
  const refused: string[] = []
  const renewals: string[] = []
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false })
  const server = createServer(
    {
      key: own.key,
      cert: own.certificate + ca.certificate,
      ca: ca.certificate,
      minVersion: 'TLSv1.3',
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => void answer(request, response),
  )

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    const send = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(value))
    }
    const issue = async (csr: string, hostUuid: string): Promise<void> =>
      send(200, {
        hostUuid,
        certificate: await ca.issueFor(csr, hostUuid, options.validityMs ?? 86_400_000),
        ca: ca.certificate,
        servers: [`127.0.0.1:${port()}`],
      })
    if (request.url === agentPaths.renew) {
      const name = peerName(request)
      if (name === undefined) return send(401, { code: 'agent.no-certificate', message: 'no certificate' })
      renewals.push(name)
      return await issue((JSON.parse(body) as JoinRequest).csr, name)
    }
    const asked = JSON.parse(body) as JoinRequest
    const token = tokens.get(asked.tokenId)
    const used = token?.machineId !== undefined && token.machineId !== asked.machineId
    if (token === undefined || token.secret !== asked.secret || used) {
      refused.push(asked.hostname)
      return send(401, { code: 'agent.join-token', message: 'The join token is not valid', fix: 'Make another.' })
    }
    token.machineId = asked.machineId
    await issue(asked.csr, token.hostUuid)
  }

  server.on('upgrade', (request, socket, head) => {
    const name = peerName(request)
    if (name === undefined) {
      return void socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    }
    sockets.handleUpgrade(request, socket, head, (ws) => accept(ws, name))
  })

  function accept(ws: WebSocket, name: string): void {
    const peer: Peer<'server'> = createPeer({
      role: 'server',
      runtime,
      send: (text) => ws.send(text),
      handlers: {
        'server.hello': (hello) => {
          if (hello.hostUuid !== name) throw new Error('another host than the certificate names')
          hosts.set(name, { peer, hello })
          return {
            hostId: 1,
            serverIncarnation: 'test',
            hostIncarnation: 0,
            acknowledgedIncarnation: 0,
            pingIntervalMs: 60_000,
            servers: [],
            acknowledge: [],
            settings: {},
          }
        },
        'report.ping': () => ({ clock: runtime.now(), acknowledge: [] }),
        'report.domain': () => ({}),
        'report.domains': () => ({}),
        'pool.lease': () => ({ held: true, ttlMs: 60_000 }),
        'report.password-taken': () => ({}),
        'report.stats': () => ({}),
        'report.job': () => ({}),
      },
    })
    ws.on('message', (data) => peer.receive(data.toString()))
    ws.on('close', () => {
      peer.close('socket closed')
      if (hosts.get(name)?.peer === peer) hosts.delete(name)
    })
  }

  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 8192 }, resolve))
  // Read once: a request that is still answered while the server closes finds no address any more.
  const bound = (server.address() as AddressInfo).port
  const port = (): number => bound
  return {
    port: port(),
    token() {
      const id = runtime.uuid()
      const secret = Buffer.from(runtime.randomBytes(32)).toString('hex')
      tokens.set(id, { secret, hostUuid: runtime.uuid() })
      const said = { servers: [`127.0.0.1:${port()}`], caFingerprint: fingerprint(ca.certificate), id, secret }
      return Buffer.from(JSON.stringify(said)).toString('base64url')
    },
    hosts,
    refused,
    renewals,
    drop: () => sockets.clients.forEach((ws) => void ws.terminate()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const ws of sockets.clients) ws.terminate()
        server.closeAllConnections()
      }),
  }
}

function peerName(request: IncomingMessage): string | undefined {
  const socket = request.socket as TLSSocket
  return socket.authorized ? String(socket.getPeerCertificate().subject.CN) : undefined
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

async function authority() {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const begins = new Date(runtime.now() - 60_000)
  const ends = new Date(runtime.now() + 86_400_000)
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Test CA',
    keys,
    signingAlgorithm: algorithm,
    notBefore: begins,
    notAfter: ends,
    extensions: [new x509.BasicConstraintsExtension(true)],
  })
  const certificate = `${root.toString('pem')}\n`
  return {
    certificate,
    async issueOwn() {
      const pair = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      const issued = await x509.X509CertificateGenerator.create({
        subject: 'CN=server',
        issuer: root.subject,
        publicKey: pair.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        notBefore: begins,
        notAfter: ends,
        extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
      })
      const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey), 'PRIVATE KEY')
      return { key, certificate: `${issued.toString('pem')}\n` }
    },
    async issueFor(csr: string, hostUuid: string, validityMs: number): Promise<string> {
      const request = new x509.Pkcs10CertificateRequest(csr)
      if (!(await request.verify())) throw new Error('the signature of the request is wrong')
      const issued = await x509.X509CertificateGenerator.create({
        subject: `CN=${hostUuid}`,
        issuer: root.subject,
        publicKey: request.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        notBefore: begins,
        notAfter: new Date(runtime.now() + validityMs),
      })
      return `${issued.toString('pem')}\n`
    },
  }
}
