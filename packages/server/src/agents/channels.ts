import type { Duplex } from 'node:stream'
import { agentFailure, type Runtime } from '@altostack/core'
import { createWebSocketStream, type WebSocket } from 'ws'

/**
 * Second connections of hosts, which carry raw bytes (consoles): the server asks a host by JSON-RPC to open something and
 * to dial a channel with it; here the two find each other.
 */
export type Channels = {
  /** A channel that only this host may dial, for so long. `arrived` rejects when it does not, or after `cancel`. */
  readonly expect: (hostUuid: string, timeoutMs: number) => ExpectedChannel
  /** Hands in what a host has dialled. False: nobody waits for it. */
  readonly accept: (hostUuid: string, id: string, take: () => Promise<WebSocket>) => boolean
}
export type ExpectedChannel = {
  readonly id: string
  readonly arrived: Promise<Duplex>
  readonly cancel: () => void
}

export function createChannels(runtime: Runtime): Channels {
  const waiting = new Map<string, { readonly hostUuid: string; readonly take: (socket: Promise<WebSocket>) => void }>()
  return {
    expect(hostUuid, timeoutMs) {
      const id = runtime.uuid()
      const { promise, resolve, reject } = Promise.withResolvers<Duplex>()
      const end = (seen: string): void => {
        stop()
        if (waiting.delete(id)) {
          reject(agentFailure('agent.unreachable', 'The host did not open the channel it was asked for', { seen }))
        }
      }
      const stop = runtime.after(timeoutMs, () => end(`nothing within ${timeoutMs} ms`))
      waiting.set(id, {
        hostUuid,
        take: (socket) => {
          stop()
          waiting.delete(id)
          socket.then((ws) => resolve(createWebSocketStream(ws)), reject)
        },
      })
      promise.catch(() => {})
      return { id, arrived: promise, cancel: () => end('it was cancelled') }
    },
    accept(hostUuid, id, take) {
      const expected = waiting.get(id)
      if (expected === undefined || expected.hostUuid !== hostUuid) return false
      expected.take(take())
      return true
    },
  }
}
