import { mkdir, open, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { agentLinkFailure, errorText, volumeFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { answerJson } from './http-answers.ts'

/** Largest piece that a host may send in one request. */
const maxPieceBytes = 16 << 20

export function uploadDirectory(dataDir: string): string {
  return join(dataDir, 'uploads')
}
/** What has arrived and is not yet checked. */
export function uploadPath(dataDir: string, uuid: string): string {
  return join(uploadDirectory(dataDir), `${uuid}.part`)
}

/**
 * Takes a piece of an image from the very host that a run expects it of, and answers how much is there. A piece that does
 * not begin where the last one ended is not written: the answer tells the host where to go on.
 */
export async function receiveUpload(
  ctx: ServerContext,
  request: IncomingMessage,
  response: ServerResponse,
  uuid: string,
  hostUuid: string,
): Promise<void> {
  const upload = await ctx.db
    .selectFrom('image_upload')
    .innerJoin('host', 'host.id', 'image_upload.host_id')
    .select(['image_upload.uuid', 'image_upload.size', 'host.uuid as host_uuid'])
    .where('image_upload.uuid', '=', uuid)
    .executeTakeFirst()
  if (upload === undefined || upload.host_uuid !== hostUuid) {
    request.resume()
    throw agentLinkFailure('agent.join-request', 'No image is expected of this host under this id')
  }
  const offset = Number(request.headers['upload-offset'] ?? Number.NaN)
  const length = Number(request.headers['content-length'] ?? Number.NaN)
  if (
    !Number.isInteger(offset) ||
    !Number.isInteger(length) ||
    length > maxPieceBytes ||
    offset + length > upload.size
  ) {
    request.resume()
    throw agentLinkFailure('agent.join-request', 'The piece is not one of the expected image', {
      seen: `${length} bytes at ${offset} of ${upload.size}`,
    })
  }
  const path = uploadPath(ctx.dataDir, upload.uuid)
  const have = await stat(path).then(
    (info) => info.size,
    () => 0,
  )
  if (length === 0 || offset !== have) {
    request.resume()
    return answerJson(response, 200, { offset: have })
  }
  try {
    await append(request, path, offset)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    throw volumeFailure('snapshot.store', 'The image store of the server is full', { seen: errorText(error) })
  }
  answerJson(response, 200, { offset: offset + length })
}

async function append(request: IncomingMessage, path: string, offset: number): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
  const file = await open(path, offset === 0 ? 'w' : 'r+', 0o600)
  try {
    let at = offset
    for await (const chunk of request) {
      const bytes = chunk as Buffer
      for (let done = 0; done < bytes.length; ) {
        done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten
      }
      at += bytes.length
    }
  } catch (error) {
    // What came of a cut piece is not counted twice: the next one begins where the last whole one ended.
    await file.truncate(offset).catch(() => undefined)
    throw error
  } finally {
    await file.close()
  }
}
