import { isIP } from 'node:net'
import { type ConnectionOptions, connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'

/** PEM; the same object, or equal texts, as long as the host's identity does not change. */
export type TlsIdentity = { readonly ca: string; readonly cert?: string | undefined; readonly key?: string | undefined }

/**
 * Opens TLS connections of one host to its servers. Certificates are parsed once an identity, and each connection
 * resumes the session of the last one to that server where the server allows it: after a restart of the server
 * thousands of hosts are back at half the cost. A server that does not know the session makes a full handshake.
 */
export type TlsDialer = (identity: TlsIdentity, options: ConnectionOptions) => TLSSocket

/** Sessions are kept for so many servers. */
const maxServers = 16

export function createTlsDialer(): TlsDialer {
  let known: TlsIdentity | undefined
  let context: SecureContext | undefined
  const sessions = new Map<string, Buffer>()

  return (identity, options) => {
    if (context === undefined || known?.ca !== identity.ca || known.cert !== identity.cert) {
      context = createSecureContext({ ...identity, minVersion: 'TLSv1.3' })
      known = identity
      sessions.clear()
    }
    const server = `${options.host}:${options.port}`
    const session = sessions.get(server)
    // A ticket serves until the server calls it too old and gives another.
    const { path: _, ...wanted } = options
    const socket = connect({
      ...wanted,
      // RFC 6066 allows no IP address as a server name.
      servername: options.servername ?? (isIP(options.host ?? '') === 0 ? options.host : ''),
      secureContext: context,
      minVersion: 'TLSv1.3',
      ...(session === undefined ? {} : { session }),
    })
    const used = context
    socket.on('session', (ticket: Buffer) => {
      if (used === context && (sessions.has(server) || sessions.size < maxServers)) sessions.set(server, ticket)
    })
    return socket
  }
}
