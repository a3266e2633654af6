import type { Socket as UdpSocket } from 'node:dgram'
import { statSync } from 'node:fs'
import type { Server } from 'node:http'
import type { Server as TcpServer } from 'node:net'
import { agentFailure, errorText, type Runtime } from '@altostack/core'
import type { Log } from '../../log.ts'
import { relayPort } from '../dnsmasq-config.ts'
import { serviceAddress } from '../service-address.ts'
import type { ServiceSpace } from '../service-space.ts'
import { type MetadataSource, serveMetadata, servePasswords } from './metadata-http.ts'
import { relayNames } from './name-relay.ts'
import { socketsInNamespace } from './namespace-sockets.ts'

/**
 * Metadata, passwords and the way of names to the outside, for the guests of each bridge. It lives in the agent: while
 * the agent is away guests wait, as they do while a virtual router is.
 */
export type MetadataService = {
  /**
   * Opens what is missing for the bridge; a namespace that was made anew is served anew. Rejects where that takes long; it
   * goes on by itself then, and nobody begins it a second time.
   */
  readonly open: (bridge: string, space: ServiceSpace) => Promise<void>
  readonly close: (bridge: string) => void
  readonly closeAll: () => void
}

type Open = { readonly inode: number; readonly close: () => void }
type Opening = { readonly inode: number; readonly done: Promise<void>; readonly callOff: AbortController }

export function openMetadataService(options: {
  readonly runtime: Runtime
  readonly log: Log
  readonly source: (bridge: string) => MetadataSource
  /** Name servers for the guests of a bridge. */
  readonly nameServers: (bridge: string) => readonly string[]
  /** Longest that a guest's start waits for its metadata, ms. */
  readonly startWaitsMs?: number
}): MetadataService {
  const { runtime, log, startWaitsMs = 10_000 } = options
  const open = new Map<string, Open>()
  const opening = new Map<string, Opening>()

  function close(bridge: string): void {
    opening.get(bridge)?.callOff.abort()
    opening.delete(bridge)
    open.get(bridge)?.close()
    open.delete(bridge)
  }

  function begin(bridge: string, space: ServiceSpace, inode: number): Opening {
    close(bridge)
    const callOff = new AbortController()
    const done = start(bridge, space, inode, callOff.signal).finally(() => {
      if (opening.get(bridge) === mine) opening.delete(bridge)
    })
    const mine: Opening = { inode, done, callOff }
    opening.set(bridge, mine)
    done.catch(() => {})
    return mine
  }

  async function start(bridge: string, space: ServiceSpace, inode: number, signal: AbortSignal): Promise<void> {
    const wanted = [
      { kind: 'tcp', address: serviceAddress, port: 80 },
      { kind: 'tcp', address: serviceAddress, port: 8080 },
      { kind: 'udp', address: '127.0.0.1', port: relayPort },
      { kind: 'tcp', address: '127.0.0.1', port: relayPort },
    ] as const
    const sockets = await socketsInNamespace(runtime, space.name, wanted, signal)
    if (signal.aborted) {
      for (const socket of sockets) socket.close()
      return
    }
    const [web, passwords, udp, tcp] = sockets as [TcpServer, TcpServer, UdpSocket, TcpServer]
    const source = options.source(bridge)
    const servers: Server[] = [serveMetadata(web, source), servePasswords(passwords, source)]
    for (const server of servers) {
      server.on('error', (error) => log.warn({ bridge, error: errorText(error) }, 'metadata of guests is in trouble'))
    }
    const relay = relayNames(runtime, { udp, tcp }, () => options.nameServers(bridge))
    open.set(bridge, {
      inode,
      close() {
        relay.close()
        for (const server of servers) {
          server.close()
          server.closeAllConnections()
        }
      },
    })
    log.info({ bridge }, 'metadata is served')
  }

  return {
    async open(bridge, space) {
      const inode = statSync(`/run/netns/${space.name}`).ino
      if (open.get(bridge)?.inode === inode) return
      const present = opening.get(bridge)
      const { done } = present?.inode === inode ? present : begin(bridge, space, inode)
      const over = new AbortController()
      const late = runtime.sleep(startWaitsMs, over.signal).then(() => {
        throw agentFailure('network.metadata', `Metadata of ${bridge} is not served yet`, {
          seen: `its sockets are being opened for more than ${startWaitsMs / 1000} s`,
        })
      })
      late.catch(() => {})
      try {
        await Promise.race([done, late])
      } finally {
        over.abort(new Error('over'))
      }
    },
    close,
    closeAll() {
      for (const bridge of [...open.keys(), ...opening.keys()]) close(bridge)
    },
  }
}
