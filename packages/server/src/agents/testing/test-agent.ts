import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import type { ClientRequestArgs, request as httpRequest } from 'node:http'
import { request } from 'node:https'
import {
  agentPaths,
  type Connection,
  createSession,
  type Handlers,
  type HelloParams,
  type HostFacts,
  type JoinResponse,
  type Session,
} from '@altostack/agent-api'
import { type Runtime, systemRuntime } from '@altostack/core'
import * as x509 from '@peculiar/x509'
import { WebSocket } from 'ws'

export type Credentials = { readonly key: string; readonly certificate: string; readonly ca: string }
export type Answer = { readonly status: number; readonly body: string; readonly headers: Record<string, unknown> }

/** A P-256 key and a request for it, PEM. */
export async function createRequest(): Promise<{ readonly key: string; readonly csr: string }> {
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=agent',
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  })
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return { key: x509.PemConverter.encode(der, 'PRIVATE KEY'), csr: csr.toString('pem') }
}

/** One HTTPS request to the agent port. */
export function ask(
  port: number,
  path: string,
  options: { readonly method?: string; readonly body?: unknown; readonly headers?: ClientRequestArgs['headers'] } = {},
  credentials?: Credentials,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call: typeof httpRequest = request as never
    const sent = call(
      {
        host: '127.0.0.1',
        port,
        path,
        method: options.method ?? 'GET',
        headers: options.headers ?? {},
        agent: false,
        rejectUnauthorized: false,
        ...(credentials === undefined ? {} : { key: credentials.key, cert: credentials.certificate }),
      } as ClientRequestArgs,
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
            headers: response.headers,
          }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(options.body === undefined ? undefined : JSON.stringify(options.body))
  })
}

/** Joins by token as the agent does; answers what the server said and the key that belongs to it. */
export async function joinByToken(
  port: number,
  token: { readonly id: string; readonly secret: string },
  machineId: string,
  hostname = 'node1',
): Promise<{ readonly answer: Answer; readonly joined: JoinResponse & Credentials }> {
  const { key, csr } = await createRequest()
  const answer = await ask(port, agentPaths.join, {
    method: 'POST',
    body: { tokenId: token.id, secret: token.secret, csr, hostname, machineId, addresses: ['10.9.8.7'] },
  })
  return { answer, joined: { ...(JSON.parse(answer.body) as JoinResponse), key } }
}

export function testFacts(machineId: string, change: Partial<HostFacts> = {}): HostFacts {
  return {
    hostname: 'node1',
    machineId,
    bootId: `boot-${machineId}`,
    architecture: 'x86_64',
    os: { name: 'Debian GNU/Linux', version: '12', kernel: '6.1.0' },
    cpu: { sockets: 1, cores: 4, mhz: 2000, model: 'test', virtualisationFlag: true },
    memoryBytes: 8 * 1024 ** 3,
    acceleration: { kind: 'kvm', reason: 'test' },
    hypervisor: { kind: 'Simulator', libvirt: '9.0.0', qemu: '7.2.0' },
    hostCpuXml: '',
    machineTypes: ['pc-q35-7.2'],
    interfaces: [],
    address: '10.9.8.7',
    migrationAddress: '10.9.8.7',
    ...change,
  }
}

export type TestAgentOptions = {
  readonly port: number
  readonly credentials: Credentials
  readonly hostUuid: string
  readonly facts: HostFacts
  readonly handlers?: Partial<Handlers<'agent'>>
  readonly hello?: Partial<HelloParams>
  readonly runtime?: Runtime
  readonly onLink?: (state: string, reason: string) => void
  readonly onHello?: (result: { readonly acknowledge: readonly string[] }) => void
}
export type TestAgent = { readonly session: Session; readonly sockets: Set<WebSocket>; readonly stop: () => void }

/** The smallest agent: the shipping session over real TLS and WebSocket, with the handlers of the test. */
export function startTestAgent(options: TestAgentOptions): TestAgent {
  const runtime = options.runtime ?? systemRuntime()
  const sockets = new Set<WebSocket>()
  const session = createSession({
    runtime,
    transport: (server) => dial(`wss://${server}${agentPaths.socket}`, options.credentials, sockets),
    servers: [`127.0.0.1:${options.port}`],
    backoffMs: { first: 50, longest: 200 },
    handlers: {
      'host.facts': () => options.facts,
      'pool.attach': () => ({ capacityBytes: 1000, usedBytes: 10, availableBytes: 990 }),
      'journal.acknowledge': () => ({}),
      ...options.handlers,
    },
    hello: async () => ({
      protocol: 1,
      agentVersion: '0.1.0',
      hostUuid: options.hostUuid,
      facts: options.facts,
      checks: [],
      domains: [],
      hostIncarnation: 0,
      openKeys: [],
      clock: runtime.now(),
      ...options.hello,
    }),
    ping: (sequence) => ({
      sequence,
      clock: runtime.now(),
      load1: 0.5,
      memoryFreeBytes: 1024,
      vms: 0,
      libvirt: 'up',
      pools: [],
    }),
    onLink: (_server, state, reason) => options.onLink?.(state, reason),
    onHello: (_server, result) => options.onHello?.(result),
  })
  session.start()
  return { session, sockets, stop: () => session.stop('test ends') }
}

function dial(url: string, credentials: Credentials, sockets: Set<WebSocket>): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url, {
      key: credentials.key,
      cert: credentials.certificate,
      ca: credentials.ca,
      rejectUnauthorized: true,
      perMessageDeflate: false,
    })
    ws.on('error', reject)
    ws.on('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => reject(new Error(Buffer.concat(chunks).toString('utf8'))))
    })
    ws.on('open', () => {
      sockets.add(ws)
      resolve({
        send: (text) => ws.send(text),
        onText: (listener) => ws.on('message', (data) => listener(data.toString())),
        onClose: (listener) =>
          ws.on('close', (code, reason) => {
            sockets.delete(ws)
            listener(`${code} ${reason.toString()}`)
          }),
        close: () => ws.close(1000, 'agent stops'),
      })
    })
  })
}
