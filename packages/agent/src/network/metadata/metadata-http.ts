import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Server as TcpServer } from 'node:net'
import { type Asker, metadataAnswer } from './metadata-tree.ts'

// Not by import, which would bring Node's fetch and WebSocket along: 45 ms of each start, and 14 MB.
const { createServer } = process.getBuiltinModule('node:http')

/** Connections that one guest may have open, and all together. */
const perGuest = 16
const inAll = 512

export type MetadataSource = {
  /** The guest that has this address, or undefined for a stranger. */
  readonly asker: (address: string) => Asker | undefined
  /** The guest says that it has its password. */
  readonly passwordTaken: (asker: Asker) => void
}

/** Serves guests on a listening socket: each is known by its source address, which its tap holds it to. */
export function serveMetadata(socket: TcpServer, source: MetadataSource): Server {
  return serve(socket, source, (request, response, asker) => {
    const path = decode((request.url ?? '/').split('?')[0] ?? '/')
    const answer = path === undefined ? undefined : metadataAnswer(path, asker)
    if (answer === undefined) return end(response, 404, 'not found\n')
    end(response, 200, answer)
  })
}

/** CloudStack's password protocol: a header asks, any path will do. */
export function servePasswords(socket: TcpServer, source: MetadataSource): Server {
  return serve(socket, source, (request, response, asker) => {
    const asked = request.headers.domu_request
    if (asked === 'send_my_password') return end(response, 200, asker.data.password ?? 'saved_password')
    if (asked === 'saved_password') {
      if (asker.data.password !== undefined) source.passwordTaken(asker)
      return end(response, 200, 'saved_password')
    }
    end(response, 200, 'bad_request')
  })
}

function serve(
  socket: TcpServer,
  source: MetadataSource,
  answer: (request: IncomingMessage, response: ServerResponse, asker: Asker) => void,
): Server {
  const open = new Map<string, number>()
  const server = createServer(
    { headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 1000, maxHeaderSize: 8192 },
    (request, response) => {
      // Nothing is taken from a guest but its question.
      request.resume()
      response.on('error', () => {})
      const asker = source.asker(addressOf(request.socket.remoteAddress))
      if (asker === undefined) return end(response, 404, 'not found\n')
      if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, 'only GET\n')
      answer(request, response, asker)
    },
  )
  server.maxConnections = inAll
  server.maxRequestsPerSocket = 100
  server.on('connection', (connection) => {
    const from = addressOf(connection.remoteAddress)
    const count = (open.get(from) ?? 0) + 1
    open.set(from, count)
    connection.setTimeout(15_000, () => connection.destroy())
    connection.on('close', () => {
      const left = (open.get(from) ?? 1) - 1
      left === 0 ? open.delete(from) : open.set(from, left)
    })
    if (count > perGuest) connection.destroy()
  })
  server.on('clientError', (_error, connection) => connection.destroy())
  server.listen(socket)
  return server
}

function end(response: ServerResponse, status: number, body: string | Buffer): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  })
  response.end(body)
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

function addressOf(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '')
}
