import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { ServerContext } from '../context.ts'
import { openStored, type StoredImage } from './stored-image.ts'

/** Answers an image whole or one range of it. `fileName`: what a browser shall call it. */
export async function sendStored(
  ctx: ServerContext,
  request: IncomingMessage,
  response: ServerResponse,
  image: StoredImage & { readonly tag: string },
  fileName?: string,
): Promise<void> {
  const size = image.sizeBytes
  const range = readRange(request.headers.range, size)
  const headers = {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    etag: `"${image.tag}"`,
    ...(fileName === undefined ? {} : { 'content-disposition': `attachment; filename="${plainName(fileName)}"` }),
  }
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${size}` })
    return void response.end()
  }
  const { start, end } = range ?? { start: 0, end: size - 1 }
  const body = request.method === 'HEAD' || size === 0 ? undefined : await openStored(ctx, image, { start, end })
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    'content-length': Math.max(0, end - start + 1),
    ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
  })
  if (body === undefined) return void response.end()
  // Whoever fetches and goes away in the middle is no failure of the server.
  await pipeline(body, response).catch(() => response.destroy())
}

function plainName(name: string): string {
  return name.replace(/[^A-Za-z0-9._ -]/g, '_').slice(0, 200)
}

/** One `bytes=` range of RFC 9110; several are answered whole, as the RFC allows. */
export function readRange(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (match === null || (match[1] === '' && match[2] === '')) return undefined
  const [first, last] = [match[1] ?? '', match[2] ?? '']
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  return start >= size || start > end ? 'unsatisfiable' : { start, end }
}
