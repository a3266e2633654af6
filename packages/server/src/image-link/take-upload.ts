import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { dirname } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AltoError, apiFailure, errorText, templateFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { transact } from '../db/transaction.ts'
import { templatePartPath } from '../template/index.ts'
import { startSentTemplate } from '../template/sent-template.ts'
import { startSentVolume, uploadPaths } from '../volume/index.ts'
import { deleteLink, findLink, type ImageLink } from './link.repository.ts'

const gib = 1024 ** 3
/** Uploads under way on this server, by link. */
const running = new WeakMap<ServerContext['runtime'], Set<number>>()

/**
 * Takes the image of an announced object, as the file of a form or as the body, and starts the run that examines it. A cut
 * upload leaves nothing and may be repeated until its ticket expires. Throws AltoError.
 */
export async function takeUpload(ctx: ServerContext, request: IncomingMessage, uuid: string): Promise<void> {
  const link = await admit(ctx, request, uuid)
  const busy = running.get(ctx.runtime) ?? new Set<number>()
  running.set(ctx.runtime, busy)
  if (busy.has(link.id)) throw apiFailure('api.bad-request', 'This image is being sent already')
  busy.add(link.id)
  try {
    const volume = link.resource_type === 'VolumeUpload'
    const path = volume ? uploadPaths(ctx, uuid).part : templatePartPath(ctx.dataDir, uuid)
    const setting = volume ? 'storage.max.volume.upload.size' : 'max.template.iso.size'
    await save(request, path, (await ctx.config.number(setting)) * gib)
    await transact(ctx, async (tx) => {
      await deleteLink(tx, link.id)
      if (volume) await startSentVolume(tx, ctx, link.resource_id)
      else await startSentTemplate(tx, ctx, link.resource_id)
    })
  } finally {
    busy.delete(link.id)
  }
}

async function admit(ctx: ServerContext, request: IncomingMessage, uuid: string): Promise<ImageLink> {
  const signature = request.headers['x-signature']
  const link = typeof signature === 'string' ? await findLink(ctx.db, signature, ctx.runtime.now()) : undefined
  if (link?.resource_type.endsWith('Upload') && link.file_name === uuid) return link
  throw apiFailure('api.unauthorized', 'The upload is not expected, or its time is over', {
    fix: 'Ask for new parameters with getUploadParamsFor….',
  })
}

async function save(request: IncomingMessage, path: string, maxBytes: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    const form = request.headers['content-type']?.startsWith('multipart/form-data') === true
    if (form) await saveForm(request, path, maxBytes)
    else await write(request, path, maxBytes)
  } catch (error) {
    await rm(path, { force: true })
    if (error instanceof AltoError) throw error
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
      throw templateFailure('template.no-space', 'The image store is full', { seen: errorText(error) })
    }
    throw apiFailure('api.bad-request', 'The upload was cut', { seen: errorText(error) })
  }
}

/** The first file of the form is the image; anything beside it is not looked at. */
async function saveForm(request: IncomingMessage, path: string, maxBytes: number): Promise<void> {
  // Loaded here: forms are sent seldom.
  const { Busboy } = await import('@fastify/busboy')
  let written: Promise<void> | undefined
  const parser = new Busboy({
    headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
    limits: { files: 1, fields: 20, fieldSize: 4096, parts: 30 },
  })
  parser.on('file', (_field: string, file: Readable) => {
    written = write(file, path, maxBytes)
    // A failed file ends the form; the rest of the body is of no use.
    written.catch((error: Error) => parser.destroy(error))
  })
  await pipeline(request, parser)
  if (written === undefined) throw apiFailure('api.bad-request', 'The form has no file')
  await written
}

async function write(from: Readable, path: string, maxBytes: number): Promise<void> {
  let bytes = 0
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes <= maxBytes) return done(null, chunk)
      done(templateFailure('template.too-large', 'The image is too large', { seen: `more than ${maxBytes} bytes` }))
    },
  })
  // Open to whom qemu-img runs as; the directory is not.
  await pipeline(from, limit, createWriteStream(path, { mode: 0o644, flush: true }))
  if (bytes === 0) throw apiFailure('api.bad-request', 'The upload is empty')
}
