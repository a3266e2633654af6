import type { Duplex } from 'node:stream'
import { agentPaths, maxFrameBytes } from '@altostack/agent-api'
import { createWebSocketStream, WebSocket } from 'ws'
import { tlsOptions } from '../trust/https.ts'
import type { Identity } from '../trust/identity.ts'

const handshakeMs = 10_000

/** The host's end of a channel that a server waits for: raw bytes on a connection of its own, under the host's certificate. */
export function dialChannel(identity: Identity, server: string, channel: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`wss://${server}${agentPaths.channel}/${channel}`, {
      ...tlsOptions(server, identity),
      perMessageDeflate: false,
      maxPayload: maxFrameBytes,
      handshakeTimeout: handshakeMs,
      followRedirects: false,
    })
    socket.once('error', reject)
    socket.once('unexpected-response', (_request, response) => {
      response.resume()
      reject(new Error(`the server answers ${response.statusCode} on the channel`))
    })
    socket.once('open', () => {
      socket.off('error', reject)
      resolve(createWebSocketStream(socket))
    })
  })
}
