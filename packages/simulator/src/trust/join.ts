import { X509Certificate } from 'node:crypto'
import { Agent, request } from 'node:https'
import { isIP } from 'node:net'
import { connect, type DetailedPeerCertificate } from 'node:tls'
import { agentPaths, type JoinResponse, type JoinToken, joinResponse, joinToken } from '@altostack/agent-api'
import { type AltoError, agentFailure, errorText, type Runtime } from '@altostack/core'
import { makeSigningRequest, pem } from './signing-request.ts'
import { fingerprint, type Identity, splitServer, tlsOptions } from './tls.ts'

export type JoiningHost = { readonly name: string; readonly machineId: string; readonly address: string }
export type Joined = { readonly identity: Identity; readonly servers: readonly string[] }

/** Reads a join token (base64url JSON). */
export function parseJoinToken(text: string): JoinToken {
  try {
    return joinToken.parse(JSON.parse(Buffer.from(text.trim(), 'base64url').toString('utf8')))
  } catch (error) {
    throw agentFailure('agent.join-refused', 'This is not a join token', { seen: errorText(error) })
  }
}

/** What the joins of a process share, so that thousands of hosts cost few handshakes. */
export type JoinClient = {
  /** Authorities that were proved already, by fingerprint. */
  readonly authorities: Map<string, string>
  readonly connections: Agent
}

export function joinClient(): JoinClient {
  return { authorities: new Map(), connections: new Agent({ keepAlive: true, timeout: 30_000 }) }
}

/** Turns a token into an identity. Throws `agent.join-refused`, `agent.foreign-ca` or `agent.unreachable`. */
export async function joinServer(
  runtime: Runtime,
  token: JoinToken,
  host: JoiningHost,
  client: JoinClient,
): Promise<Joined> {
  let last: unknown
  for (const server of token.servers) {
    try {
      const { authorities, connections } = client
      const ca = authorities.get(token.caFingerprint) ?? (await fetchAuthority(runtime, server, token.caFingerprint))
      authorities.set(token.caFingerprint, ca)
      const { key, csr } = makeSigningRequest(host.name)
      const body = {
        tokenId: token.id,
        secret: token.secret,
        csr,
        hostname: host.name,
        machineId: host.machineId,
        addresses: [host.address],
      }
      const answer = await post(runtime, server, agentPaths.join, body, { ca, agent: connections })
      return { identity: checked(answer, key, ca), servers: answer.servers.length > 0 ? answer.servers : token.servers }
    } catch (error) {
      last = error
      // A refusal is final; a server that does not answer is not.
      if ((error as Partial<AltoError>).code !== 'agent.unreachable') throw error
    }
  }
  throw last
}

/** A new certificate with a new key, asked with the old one. */
export async function renewIdentity(
  runtime: Runtime,
  server: string,
  identity: Identity,
  host: JoiningHost,
): Promise<Identity> {
  const { key, csr } = makeSigningRequest(identity.hostUuid)
  const body = { csr, addresses: [host.address] }
  return checked(
    await post(runtime, server, agentPaths.renew, body, { ca: identity.ca, identity, agent: false }),
    key,
    identity.ca,
  )
}

/** The issued certificate must come from the CA that is trusted already. */
function checked(answer: JoinResponse, key: string, ca: string): Identity {
  const issued = new X509Certificate(answer.certificate)
  if (fingerprint(answer.ca) !== fingerprint(ca) || !issued.verify(new X509Certificate(ca).publicKey)) {
    throw agentFailure('agent.foreign-ca', 'The server issued a certificate of another CA', { seen: issued.issuer })
  }
  return { hostUuid: answer.hostUuid, certificate: answer.certificate, key, ca }
}

/** The CA in the chain that a server presents, if its fingerprint is the token's. Nothing is sent. */
function fetchAuthority(runtime: Runtime, server: string, wanted: string): Promise<string> {
  const { host, port } = splitServer(server)
  return new Promise((resolve, reject) => {
    const servername = isIP(host) === 0 ? host : ''
    const socket = connect({ host, port, rejectUnauthorized: false, minVersion: 'TLSv1.3', servername })
    const cancel = runtime.after(15_000, () => socket.destroy(new Error('no TLS handshake within 15000 ms')))
    socket.once('secureConnect', () => {
      cancel()
      const chain = chainOf(socket.getPeerCertificate(true))
      socket.destroy()
      const found = chain.find((one) => one.fingerprint256.replaceAll(':', '').toLowerCase() === wanted)
      if (found !== undefined) return resolve(pem('CERTIFICATE', found.raw))
      const seen = chain.map((one) => `${one.subject?.CN}: ${one.fingerprint256}`).join(', ')
      reject(agentFailure('agent.foreign-ca', `${server} does not belong to the CA of the token`, { seen }))
    })
    socket.once('error', (error) => {
      cancel()
      reject(unreachable(server, error))
    })
  })
}

function chainOf(leaf: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = []
  let at: DetailedPeerCertificate | undefined = leaf
  while (at?.raw !== undefined && !chain.includes(at)) {
    chain.push(at)
    at = at.issuerCertificate
  }
  return chain
}

function post(
  runtime: Runtime,
  server: string,
  path: string,
  body: unknown,
  how: { readonly ca: string; readonly identity?: Identity; readonly agent: Agent | false },
): Promise<JoinResponse> {
  const { host, port } = splitServer(server)
  const payload = JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const call = request(
      {
        ...tlsOptions(server, how.ca, how.identity),
        host,
        port,
        path,
        method: 'POST',
        agent: how.agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          if (text.length < 1 << 20) text += chunk
        })
        response.on('end', () => {
          cancel()
          if (response.statusCode !== 200) return reject(refusal(response.statusCode ?? 0, text))
          try {
            resolve(joinResponse.parse(JSON.parse(text)))
          } catch (error) {
            reject(refusal(200, errorText(error)))
          }
        })
      },
    )
    const cancel = runtime.after(30_000, () => call.destroy(new Error('no answer within 30000 ms')))
    call.on('error', (error) => {
      cancel()
      reject(unreachable(server, error))
    })
    call.end(payload)
  })
}

/** What a server said when it refused; its own message and fix if it gave them. */
export function refusal(status: number, text: string): AltoError {
  let said: Record<string, unknown> = {}
  try {
    said = JSON.parse(text) as Record<string, unknown>
  } catch {
    // Not ours, or cut: the text itself is what was seen.
  }
  const field = (name: string): string | undefined => (typeof said[name] === 'string' ? said[name] : undefined)
  const fix = field('fix')
  return agentFailure('agent.join-refused', field('message') ?? `The server answered ${status}`, {
    seen: `HTTP ${status} ${field('code') ?? ''}: ${field('seen') ?? text.slice(0, 300)}`,
    ...(fix === undefined ? {} : { fix }),
  })
}

function unreachable(server: string, error: Error): AltoError {
  return agentFailure('agent.unreachable', `The management server ${server} does not answer`, {
    seen: errorText(error),
    cause: error,
  })
}
