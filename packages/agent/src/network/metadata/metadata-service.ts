import type { Socket as UdpSocket } from 'node:dgram'
import { statSync } from 'node:fs'
import type { Server } from 'node:http'
import type { Server as TcpServer } from 'node:net'
import { errorText, type Runtime } from '@altostack/core'
import { keyedLock } from '../../keyed-lock.ts'
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
  /** Opens what is missing for the bridge; a namespace that was made anew is served anew. */
  readonly open: (bridge: string, space: ServiceSpace) => Promise<void>
  readonly close: (bridge: string) => void
  readonly closeAll: () => void
}

type Open = { readonly inode: number; readonly close: () => void }

export function openMetadataService(options: {
  readonly runtime: Runtime
  readonly log: Log
  readonly source: (bridge: string) => MetadataSource
  /** Name servers for the guests of a bridge. */
  readonly nameServers: (bridge: string) => readonly string[]
}): MetadataService {
  const { runtime, log } = options
  const open = new Map<string, Open>()
  const lock = keyedLock()

  function close(bridge: string): void {
    open.get(bridge)?.close()
    open.delete(bridge)
  }

  async function start(bridge: string, space: ServiceSpace, inode: number): Promise<void> {
    const sockets = await socketsInNamespace(runtime, space.name, [
      { kind: 'tcp', address: serviceAddress, port: 80 },
      { kind: 'tcp', address: serviceAddress, port: 8080 },
      { kind: 'udp', address: '127.0.0.1', port: relayPort },
      { kind: 'tcp', address: '127.0.0.1', port: relayPort },
    ])
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
    open: (bridge, space) =>
      lock(bridge, async () => {
        const inode = statSync(`/run/netns/${space.name}`).ino
        if (open.get(bridge)?.inode === inode) return
        close(bridge)
        await start(bridge, space, inode)
      }),
    close,
    closeAll() {
      for (const bridge of [...open.keys()]) close(bridge)
    },
  }
}
