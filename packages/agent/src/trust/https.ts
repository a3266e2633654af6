import { request } from 'node:https'
import { isIP } from 'node:net'
import { checkServerIdentity, connect, type DetailedPeerCertificate, type PeerCertificate } from 'node:tls'
import { type AltoError, agentFailure, errorText, type Runtime } from '@altostack/core'
import { parseServer } from './server-address.ts'

export type TlsMaterial = { readonly ca: string; readonly certificate?: string; readonly key?: string }
const maxBody = 1 << 20

/** TLS options for every connection to a server: 1.3, our CA only. */
export function tlsOptions(server: string, material: TlsMaterial): Record<string, unknown> {
  const { host } = parseServer(server)
  return {
    ca: material.ca,
    ...(material.certificate === undefined ? {} : { cert: material.certificate, key: material.key }),
    minVersion: 'TLSv1.3',
    // RFC 6066 allows no IP address as a server name.
    servername: isIP(host) === 0 ? host : '',
    checkServerIdentity: (_name: string, certificate: PeerCertificate) => checkServer(host, certificate),
  }
}

/**
 * The server may be reached by an address that it does not know of itself (NAT, a port forward): then its certificate
 * must carry the name that only servers of this CA get, which no host certificate has.
 */
function checkServer(host: string, certificate: PeerCertificate): Error | undefined {
  const direct = checkServerIdentity(host, certificate)
  if (direct === undefined) return undefined
  return checkServerIdentity('cloudstack.internal', certificate) === undefined ? undefined : direct
}

/** POSTs JSON to a server and answers its JSON. Refusals become AltoErrors with what the server said. */
export function postJson(
  runtime: Runtime,
  server: string,
  path: string,
  body: unknown,
  material: TlsMaterial,
  timeoutMs = 20_000,
): Promise<unknown> {
  const { host, port } = parseServer(server)
  const payload = JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const call = request(
      {
        ...tlsOptions(server, material),
        host,
        port,
        path,
        method: 'POST',
        agent: false,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
      },
      (response) => {
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > maxBody) call.destroy(new Error('the answer is too long'))
          else chunks.push(chunk)
        })
        response.on('end', () => {
          cancel()
          const text = Buffer.concat(chunks).toString()
          if (response.statusCode === 200) return parse(text, resolve, reject)
          reject(refusal(response.statusCode ?? 0, text))
        })
      },
    )
    const cancel = runtime.after(timeoutMs, () => call.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    call.on('error', (error) => {
      cancel()
      reject(
        agentFailure('agent.unreachable', `The management server ${server} does not answer`, {
          seen: errorText(error),
          cause: error,
        }),
      )
    })
    call.end(payload)
  })
}

function parse(text: string, resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
  try {
    resolve(JSON.parse(text))
  } catch (error) {
    reject(error)
  }
}

/** What a server said when it refused; its own code, cause and fix if it gave them. */
export function refusal(status: number, text: string): AltoError {
  const said = parseObject(text)
  const field = (name: string): string | undefined =>
    typeof said[name] === 'string' ? (said[name] as string) : undefined
  const seen = `HTTP ${status}${field('code') === undefined ? '' : ` ${field('code')}`}: ${field('message') ?? text.slice(0, 300)}`
  const fix = field('fix')
  return agentFailure('agent.join-refused', field('message') ?? `The server answered ${status}`, {
    seen: field('seen') === undefined ? seen : `${seen} (${field('seen')})`,
    ...(fix === undefined ? {} : { fix }),
    evidence: { status, code: field('code') },
  })
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The CA certificate (PEM) in the chain that a server presents, if its SHA-256 fingerprint is the given one. Nothing is sent. */
export function fetchAuthority(runtime: Runtime, server: string, fingerprint: string): Promise<string> {
  const { host, port } = parseServer(server)
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
      servername: isIP(host) === 0 ? host : '',
    })
    const cancel = runtime.after(15_000, () => socket.destroy(new Error('no TLS handshake within 15000 ms')))
    socket.once('secureConnect', () => {
      cancel()
      const chain = chainOf(socket.getPeerCertificate(true))
      socket.destroy()
      const found = chain.find((one) => one.fingerprint256.replaceAll(':', '').toLowerCase() === fingerprint)
      if (found !== undefined) return resolve(pemOf(found.raw))
      reject(
        agentFailure('agent.foreign-ca', `${server} does not belong to the CA of the token`, {
          seen: chain.map((one) => `${one.subject?.CN}: ${one.fingerprint256}`).join(', '),
        }),
      )
    })
    socket.once('error', (error) => {
      cancel()
      reject(
        agentFailure('agent.unreachable', `The management server ${server} does not answer`, {
          seen: errorText(error),
          cause: error,
        }),
      )
    })
  })
}

function chainOf(leaf: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = []
  for (
    let at: DetailedPeerCertificate | undefined = leaf;
    at?.raw !== undefined && !chain.includes(at);
    at = at.issuerCertificate
  ) {
    chain.push(at)
  }
  return chain
}

function pemOf(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`
}
