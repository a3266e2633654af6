import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A web server that images are fetched from, on loopback: by path. */
export type ImageSource = {
  readonly url: (name: string) => string
  readonly images: Map<string, Buffer>
  readonly stop: () => Promise<void>
}

export async function startImageSource(): Promise<ImageSource> {
  const images = new Map<string, Buffer>()
  const server: Server = createServer((request, response) => {
    const bytes = images.get((request.url ?? '/').slice(1))
    if (bytes === undefined) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: (name) => `http://127.0.0.1:${port}/${name}`,
    images,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The shortest thing that is an ISO; `mark` tells one from another. */
export function tinyIso(mark: string): Buffer {
  const iso = Buffer.alloc(40 * 2048)
  iso.write('\x01CD001\x01', 16 * 2048, 'latin1')
  iso.write(mark, 20 * 2048, 'latin1')
  return iso
}
