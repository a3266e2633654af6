import { createHash, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { type ConnectionOptions, checkServerIdentity, type PeerCertificate } from 'node:tls'

/** Who a simulated host is; PEM. */
export type Identity = {
  readonly hostUuid: string
  readonly certificate: string
  readonly key: string
  readonly ca: string
}

export function splitServer(server: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]+))(?::(\d{1,5}))?$/.exec(server)
  const host = match?.[1] ?? match?.[2]
  if (host === undefined) throw new Error(`not a server address: ${JSON.stringify(server)}; write host:port`)
  return { host, port: Number(match?.[3] ?? 8250) }
}

/** TLS 1.3 with our CA only, and the certificate of the host when it has one. */
export function tlsOptions(server: string, ca: string, identity?: Identity): ConnectionOptions {
  const { host } = splitServer(server)
  return {
    ca,
    ...(identity === undefined ? {} : { cert: identity.certificate, key: identity.key }),
    minVersion: 'TLSv1.3',
    // RFC 6066 allows no IP address as a server name.
    servername: isIP(host) === 0 ? host : '',
    checkServerIdentity: (_name, certificate) => checkServer(host, certificate),
  }
}

/** A server behind a port forward does not know the address that was dialled; its internal name proves it as well. */
function checkServer(host: string, certificate: PeerCertificate): Error | undefined {
  const direct = checkServerIdentity(host, certificate)
  if (direct === undefined) return undefined
  return checkServerIdentity('cloudstack.internal', certificate) === undefined ? undefined : direct
}

/** SHA-256 of a PEM certificate's DER, hex. */
export function fingerprint(certificate: string): string {
  return createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex')
}

/** When a certificate is to be renewed: two thirds into its life. Wall clock, ms. */
export function renewalTime(certificate: string): number {
  const { validFrom, validTo } = new X509Certificate(certificate)
  const begins = Date.parse(validFrom)
  return begins + ((Date.parse(validTo) - begins) * 2) / 3
}
