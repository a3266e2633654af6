import type { IncomingMessage } from 'node:http'
import type { ConnectionOptions } from 'node:tls'
import { agentPaths, createTlsDialer, maxFrameBytes, type Transport } from '@altostack/agent-api'
import { WebSocket } from 'ws'
import type { SimulatedConnection } from './link.ts'
import { refusal } from './trust/join.ts'
import { type Identity, tlsOptions } from './trust/tls.ts'

const handshakeMs = 30_000

/** At most this many hosts of a process dial at the same time: a fleet that comes back must not time itself out. */
export type DialGate = { readonly pass: <T>(dial: () => Promise<T>) => Promise<T> }

export function dialGate(atOnce: number): DialGate {
  let free = atOnce
  const waiting: (() => void)[] = []
  return {
    async pass(dial) {
      if (free > 0) free--
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await dial()
      } finally {
        const next = waiting.shift()
        if (next === undefined) free++
        else next()
      }
    },
  }
}

/** WebSocket over mutual TLS 1.3, as the KVM agent connects; the identity is read at each connect. */
export function webSocketTransport(identity: () => Identity, gate: DialGate): Transport {
  const dialer = createTlsDialer()
  return (server) =>
    gate.pass(
      () =>
        new Promise<SimulatedConnection>((resolve, reject) => {
          const own = identity()
          const socket = new WebSocket(`wss://${server}${agentPaths.socket}`, {
            ...tlsOptions(server, own.ca, own),
            createConnection: (options: ConnectionOptions) =>
              dialer({ ca: own.ca, cert: own.certificate, key: own.key }, options),
            perMessageDeflate: false,
            maxPayload: maxFrameBytes,
            handshakeTimeout: handshakeMs,
            followRedirects: false,
          } as ConstructorParameters<typeof WebSocket>[2])
          socket.once('unexpected-response', (_request, response) => void explain(response).then(reject, reject))
          socket.once('error', reject)
          socket.once('open', () => {
            socket.off('error', reject)
            resolve(connectionOf(socket))
          })
        }),
    )
}

async function explain(response: IncomingMessage): Promise<Error> {
  let text = ''
  for await (const chunk of response) if (text.length < 4096) text += String(chunk)
  return refusal(response.statusCode ?? 0, text)
}

function connectionOf(socket: WebSocket): SimulatedConnection {
  let onText: ((text: string) => void) | undefined
  let onClose: (reason: string) => void = () => {}
  let closed: string | undefined
  let cause = ''
  const early: string[] = []
  socket.on('message', (data, isBinary) => {
    if (isBinary) return socket.close(1003)
    if (onText === undefined) early.push(data.toString())
    else onText(data.toString())
  })
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
    abort: () => socket.terminate(),
  }
}
