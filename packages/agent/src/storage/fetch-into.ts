import { createHash } from 'node:crypto'
import { constants, open } from 'node:fs/promises'
import { AltoError, agentFailure, errorText } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import type { Job } from '../journal/host-method.ts'

export type FetchedImage = { readonly uuid: string; readonly sizeBytes: number; readonly sha256: string }

/** Writes from `from` on: a file or a block device that has so many bytes of the image already. */
export async function fetchInto(
  context: HostContext,
  partial: string,
  from: number,
  image: FetchedImage,
  job: Job,
): Promise<number> {
  const file = await open(partial, constants.O_WRONLY | constants.O_CREAT, 0o600)
  try {
    let size = from
    let fetched = 0
    let announced = context.runtime.monotonic()
    for (let attempt = 0; size < image.sizeBytes; attempt++) {
      const sink = async (chunk: Uint8Array): Promise<void> => {
        if (size + chunk.length > image.sizeBytes) throw new Error('the server sends more than the image has')
        for (let done = 0; done < chunk.length; ) {
          done += (await file.write(chunk, done, chunk.length - done, size + done)).bytesWritten
        }
        size += chunk.length
        fetched += chunk.length
        if (context.runtime.monotonic() - announced < 1000) return
        announced = context.runtime.monotonic()
        job.progress({ fetchedBytes: size, sizeBytes: image.sizeBytes })
      }
      const before = size
      try {
        await context.fetchImage(image.uuid, size, sink, job.signal)
      } catch (error) {
        if (job.signal.aborted) throw error
        if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
          throw agentFailure('pool.full', 'The pool is full', { seen: errorText(error) })
        }
        if (size > before) attempt = 0
        // No server: the caller is away itself, and asks again when it is back.
        if (attempt >= 4 && error instanceof AltoError && error.code === 'agent.unreachable') throw error
        if (attempt >= 4)
          throw agentFailure('template.fetch', 'The image could not be fetched', {
            seen: errorText(error),
            cause: error,
          })
        context.log.warn({ image: image.uuid, at: size, error: errorText(error) }, 'image fetch was cut; it resumes')
        await context.runtime.sleep(500 * 2 ** attempt, job.signal)
      }
    }
    await file.sync()
    return fetched
  } finally {
    await file.close()
  }
}

/** sha256 of the first `sizeBytes` bytes: a block device is longer than the image on it. */
export async function contentHash(path: string, image: Pick<FetchedImage, 'sizeBytes'>): Promise<string> {
  const file = await open(path, 'r')
  const hash = createHash('sha256')
  try {
    const end = Math.max(0, image.sizeBytes - 1)
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 1 << 20, start: 0, end }))
      hash.update(chunk as Buffer)
  } finally {
    await file.close()
  }
  return hash.digest('hex')
}
