import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ServerContext } from '../context.ts'
import { answerJson } from './http-answers.ts'

/** Directory of the server's image store: one checked file a template. */
export function imageStore(dataDir: string): string {
  return join(dataDir, 'images')
}

/** Answers the image of a downloaded template, whole or one range of it. */
export async function sendImage(
  ctx: ServerContext,
  request: IncomingMessage,
  response: ServerResponse,
  templateUuid: string,
): Promise<void> {
  const image = await ctx.db
    .selectFrom('template_store_ref')
    .innerJoin('vm_template', 'vm_template.id', 'template_store_ref.template_id')
    .select(['template_store_ref.install_path', 'template_store_ref.sha256'])
    .where('vm_template.uuid', '=', templateUuid)
    .where('template_store_ref.download_state', '=', 'DOWNLOADED')
    .executeTakeFirst()
  if (image?.install_path === undefined || image.install_path === null) {
    return answerJson(response, 404, { code: 'template.not-ready', message: 'There is no such image' })
  }
  const path = join(imageStore(ctx.dataDir), image.install_path)
  const { size } = await stat(path)
  const range = readRange(request.headers.range, size)
  const headers = {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    etag: `"${image.sha256 ?? templateUuid}"`,
  }
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${size}` })
    return void response.end()
  }
  const { start, end } = range ?? { start: 0, end: size - 1 }
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    'content-length': Math.max(0, end - start + 1),
    ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
  })
  if (request.method === 'HEAD' || size === 0) return void response.end()
  // A host that goes away in the middle is no failure of the server.
  await pipeline(createReadStream(path, { start, end }), response).catch(() => response.destroy())
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
