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

/** Answers the image of a downloaded template or of a snapshot, whole or one range of it. */
export async function sendImage(
  ctx: ServerContext,
  request: IncomingMessage,
  response: ServerResponse,
  uuid: string,
): Promise<void> {
  const image = (await templateImage(ctx, uuid)) ?? (await snapshotImage(ctx, uuid))
  if (image === undefined) {
    return answerJson(response, 404, { code: 'template.not-ready', message: 'There is no such image' })
  }
  const { path } = image
  const { size } = await stat(path)
  const range = readRange(request.headers.range, size)
  const headers = {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    etag: `"${image.sha256 ?? uuid}"`,
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

type Image = { readonly path: string; readonly sha256: string | null }

async function templateImage(ctx: ServerContext, uuid: string): Promise<Image | undefined> {
  const row = await ctx.db
    .selectFrom('template_store_ref')
    .innerJoin('vm_template', 'vm_template.id', 'template_store_ref.template_id')
    .select(['template_store_ref.install_path', 'template_store_ref.sha256'])
    .where('vm_template.uuid', '=', uuid)
    .where('template_store_ref.download_state', '=', 'DOWNLOADED')
    .executeTakeFirst()
  if (row === undefined || row.install_path === null) return undefined
  return { path: join(imageStore(ctx.dataDir), row.install_path), sha256: row.sha256 }
}

async function snapshotImage(ctx: ServerContext, uuid: string): Promise<Image | undefined> {
  const row = await ctx.db
    .selectFrom('snapshot_store_ref')
    .innerJoin('snapshots', 'snapshots.id', 'snapshot_store_ref.snapshot_id')
    .select(['snapshot_store_ref.install_path', 'snapshot_store_ref.sha256'])
    .where('snapshots.uuid', '=', uuid)
    .where('snapshot_store_ref.state', '=', 'Ready')
    .executeTakeFirst()
  if (row === undefined || row.install_path === null) return undefined
  return { path: join(ctx.dataDir, 'snapshots', row.install_path), sha256: row.sha256 }
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
