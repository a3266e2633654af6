import { createHash } from 'node:crypto'
import { chmod, chown, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hostRefusal, type Params, type PoolRef } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import type { Job } from '../journal/host-method.ts'
import { inspectImage } from './inspect-image.ts'
import { placeExisting, placeFile, syncPath } from './place-file.ts'
import { partialPath, templateRecordPath, volumePath } from './pool-files.ts'
import { readHeader } from './qemu-img.ts'
import { readTemplateRecord, writeTemplateRecord } from './template-record.ts'

type Template = Params<'template.install'>['template']
export type InstalledTemplate = { readonly path: string; readonly physicalBytes: number; readonly fetchedBytes: number }

/** The template's copy on the pool if it is complete. */
export async function installedTemplate(pool: PoolRef, template: Template): Promise<InstalledTemplate | undefined> {
  const path = volumePath(pool, template.uuid)
  const record = await readTemplateRecord(templateRecordPath(pool, template.uuid))
  const info = await stat(path).catch(() => undefined)
  if (record === undefined || info === undefined) return undefined
  if (record.sha256 !== template.sha256) {
    throw hostRefusal(
      agentFailure('volume.conflict', `Another image is named ${template.uuid} on the pool`, { seen: record.sha256 }),
    )
  }
  return { path, physicalBytes: info.blocks * 512, fetchedBytes: 0 }
}

/** Fetches, checks and places a template's copy; resumes a fetch that was cut. */
export async function installTemplate(
  context: HostContext,
  pool: PoolRef,
  template: Template,
  job: Job,
): Promise<InstalledTemplate> {
  const { pools, runtime } = context
  const present = await pools.use(pool, () => installedTemplate(pool, template))
  if (present !== undefined) return present
  const space = await pools.space(pool)
  const partial = partialPath(pool, template.uuid, context.identity().hostUuid)
  const have = await pools.use(pool, () =>
    stat(partial).then(
      (info) => info.size,
      () => 0,
    ),
  )
  if (space.availableBytes < template.sizeBytes - have) {
    throw hostRefusal(
      agentFailure('pool.full', 'The pool has too little space for the template', {
        seen: `${space.availableBytes} bytes free, ${template.sizeBytes - have} needed`,
      }),
    )
  }
  const fetchedBytes = await fetchInto(context, partial, template, job)
  await checkContent(partial, template)
  await inspectImage(runtime, partial, template)
  return await pools.use(pool, async () => {
    // Read by every guest, written by none.
    await chown(partial, 0, 0)
    await chmod(partial, 0o644)
    await syncPath(partial)
    const record = {
      format: template.format,
      sha256: template.sha256,
      sizeBytes: template.sizeBytes,
      virtualSizeBytes: template.virtualSizeBytes,
    }
    // The record first: a file without it would look like a volume.
    const recordPath = templateRecordPath(pool, template.uuid)
    await placeFile(`${recordPath}.${context.identity().hostUuid.slice(0, 8)}`, recordPath, writeTemplateRecord(record))
    const path = volumePath(pool, template.uuid)
    await placeExisting(partial, path)
    return { path, physicalBytes: (await stat(path)).blocks * 512, fetchedBytes }
  })
}

async function fetchInto(context: HostContext, partial: string, template: Template, job: Job): Promise<number> {
  const file = await open(partial, 'a+', 0o600)
  try {
    let { size } = await file.stat()
    if (size > template.sizeBytes) {
      await file.truncate(0)
      size = 0
    }
    let fetched = 0
    let announced = context.runtime.monotonic()
    for (let attempt = 0; size < template.sizeBytes; attempt++) {
      const sink = async (chunk: Uint8Array): Promise<void> => {
        if (size + chunk.length > template.sizeBytes) throw new Error('the server sends more than the image has')
        await file.writeFile(chunk)
        size += chunk.length
        fetched += chunk.length
        if (context.runtime.monotonic() - announced < 1000) return
        announced = context.runtime.monotonic()
        job.progress({ fetchedBytes: size, sizeBytes: template.sizeBytes })
      }
      const before = size
      try {
        await context.fetchImage(template.uuid, size, sink, job.signal)
      } catch (error) {
        if (job.signal.aborted) throw error
        if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
          throw agentFailure('pool.full', 'The pool is full', { seen: errorText(error) })
        }
        if (size > before) attempt = 0
        if (attempt >= 4)
          throw agentFailure('template.fetch', 'The image could not be fetched', {
            seen: errorText(error),
            cause: error,
          })
        context.log.warn(
          { template: template.uuid, at: size, error: errorText(error) },
          'image fetch was cut; it resumes',
        )
        await context.runtime.sleep(500 * 2 ** attempt, job.signal)
      }
    }
    await file.sync()
    return fetched
  } finally {
    await file.close()
  }
}

async function checkContent(partial: string, template: Template): Promise<void> {
  const file = await open(partial, 'r')
  const hash = createHash('sha256')
  try {
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 1 << 20 }))
      hash.update(chunk as Buffer)
  } finally {
    await file.close()
  }
  const seen = hash.digest('hex')
  if (seen === template.sha256) return
  await rm(partial)
  throw agentFailure('template.checksum', 'The fetched image is not what the server recorded', {
    seen: `sha256 ${seen} instead of ${template.sha256}`,
  })
}

/** Removes a template's copy unless a volume on the pool is based on it. Absent is success. */
export async function removeTemplate(context: HostContext, pool: PoolRef, uuid: string): Promise<void> {
  await context.pools.use(pool, async () => {
    const overlay = await overlayOf(pool, uuid)
    if (overlay !== undefined) {
      throw hostRefusal(
        agentFailure('template.in-use', 'The template has volumes on the pool', { seen: `volume ${overlay}` }),
      )
    }
    await rm(volumePath(pool, uuid), { force: true })
    await rm(templateRecordPath(pool, uuid), { force: true })
    await syncPath(pool.path)
  })
}

async function overlayOf(pool: PoolRef, uuid: string): Promise<string | undefined> {
  for (const name of await readdir(pool.path)) {
    if (name === uuid || name.startsWith('.template-') || !/[0-9a-f-]{36}/.test(name)) continue
    const header = await readHeader(join(pool.path, name)).catch(() => undefined)
    if (header?.backingFile === uuid) return name
  }
  return undefined
}
