import type { IncomingMessage } from 'node:http'
import type { ConnectionOptions } from 'node:tls'
import { agentPaths, type Connection, createTlsDialer, maxFrameBytes, type Transport } from '@altostack/agent-api'
import { WebSocket } from 'ws'
import { refusal, tlsOptions } from '../trust/https.ts'
import type { Identity } from '../trust/identity.ts'

const handshakeMs = 15_000

/** WebSocket over mutual TLS 1.3; the identity is read at each connect, so that a renewed certificate is used at once. */
export function webSocketTransport(identity: () => Identity): Transport {
  const dialer = createTlsDialer()
  return (server) =>
    new Promise<Connection>((resolve, reject) => {
      const own = identity()
      const socket = new WebSocket(`wss://${server}${agentPaths.socket}`, {
        ...tlsOptions(server, own),
        createConnection: (options: ConnectionOptions) =>
          dialer({ ca: own.ca, cert: own.certificate, key: own.key }, options),
        perMessageDeflate: false,
        maxPayload: maxFrameBytes,
        handshakeTimeout: handshakeMs,
        followRedirects: false,
      } as ConstructorParameters<typeof WebSocket>[2])
      socket.once('unexpected-response', (_request, response) => void explain(response).then(reject))
      socket.once('error', reject)
      socket.once('open', () => {
        socket.off('error', reject)
        resolve(connectionOf(socket))
      })
    })
}

async function explain(response: IncomingMessage): Promise<Error> {
  let text = ''
  for await (const chunk of response) if (text.length < 4096) text += String(chunk)
  return refusal(response.statusCode ?? 0, text)
}

function connectionOf(socket: WebSocket): Connection {
  let onText: (text: string) => void = () => {}
  let onClose: (reason: string) => void = () => {}
  let closed: string | undefined
  const early: string[] = []
  let heard = false
  socket.on('message', (data, isBinary) => {
    if (isBinary) return socket.close(1003)
    if (heard) onText(data.toString())
    else early.push(data.toString())
  })
  let cause = ''
  socket.on('error', (error) => {
    cause ||= error.message
  })
  socket.on('close', (code, reason) => {
    closed = cause || reason.toString() || `closed with ${code}`
    onClose(closed)
  })
  return {
    send(text) {
      if (socket.readyState !== WebSocket.OPEN) throw new Error('the connection is closed')
      socket.send(text)
    },
    onText(listener) {
      onText = listener
      heard = true
      for (const text of early.splice(0)) listener(text)
    },
    onClose(listener) {
      onClose = listener
      if (closed !== undefined) listener(closed)
    },
    close() {
      // Going away: an orderly end, as opposed to a lost one.
      if (socket.readyState === WebSocket.OPEN) socket.close(1001)
      else socket.terminate()
    },
  }
}
