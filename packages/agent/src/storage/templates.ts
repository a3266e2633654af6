import { hostRefusal, type Params, type PoolRef } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import type { Job } from '../journal/host-method.ts'
import { driverOf } from './drivers.ts'
import { contentHash, fetchInto } from './fetch-into.ts'
import { inspectImage } from './inspect-image.ts'
import { imagePath, userOf } from './volumes.ts'

type Template = Params<'template.install'>['template']
export type InstalledTemplate = { readonly path: string; readonly physicalBytes: number; readonly fetchedBytes: number }

/** The template's copy on the pool if it is complete. */
export async function installedTemplate(
  context: HostContext,
  pool: PoolRef,
  template: Template,
): Promise<InstalledTemplate | undefined> {
  const driver = driverOf(pool)
  const record = await driver.template(context, pool, template.uuid)
  if (record === undefined) return undefined
  if (record.sha256 !== template.sha256) {
    throw hostRefusal(
      agentFailure('volume.conflict', `Another image is named ${template.uuid} on the pool`, { seen: record.sha256 }),
    )
  }
  const image = await driver.inspect(context, pool, template.uuid, template.format)
  return { path: driver.path(pool, template.uuid), physicalBytes: image?.physicalBytes ?? 0, fetchedBytes: 0 }
}

/** Fetches, checks and places a template's copy; resumes a fetch that was cut. */
export async function installTemplate(
  context: HostContext,
  pool: PoolRef,
  template: Template,
  job: Job,
): Promise<InstalledTemplate> {
  const { pools, runtime } = context
  const driver = driverOf(pool)
  const present = await pools.use(pool, () => installedTemplate(context, pool, template))
  if (present !== undefined) return present
  const space = await pools.space(pool)
  const have = await pools.use(pool, () => driver.written(context, pool, template.uuid))
  if (space.availableBytes < template.sizeBytes - have) {
    throw hostRefusal(
      agentFailure('pool.full', 'The pool has too little space for the template', {
        seen: `${space.availableBytes} bytes free, ${template.sizeBytes - have} needed`,
      }),
    )
  }
  const room = {
    format: template.format,
    sizeBytes: template.virtualSizeBytes,
    fileBytes: template.sizeBytes,
    readOnly: true,
  }
  const partial = await pools.use(pool, () =>
    driver.reserve(context, pool, template.uuid, room, { resume: have <= template.sizeBytes }),
  )
  const fetchedBytes = await fetchInto(context, partial, have <= template.sizeBytes ? have : 0, template, job)
  const seen = await contentHash(partial, template)
  if (seen !== template.sha256) {
    await pools.use(pool, () => driver.abandon(context, pool, template.uuid))
    throw agentFailure('template.checksum', 'The fetched image is not what the server recorded', {
      seen: `sha256 ${seen} instead of ${template.sha256}`,
    })
  }
  await inspectImage(runtime, partial, template)
  return await pools.use(pool, async () => {
    const record = {
      format: template.format,
      sha256: template.sha256,
      sizeBytes: template.sizeBytes,
      virtualSizeBytes: template.virtualSizeBytes,
    }
    await driver.publishTemplate(context, pool, template.uuid, record)
    const placed = await installedTemplate(context, pool, template)
    return { path: driver.path(pool, template.uuid), physicalBytes: placed?.physicalBytes ?? 0, fetchedBytes }
  })
}

/** Removes a template's copy unless a volume on the pool is based on it. Absent is success. */
export async function removeTemplate(context: HostContext, pool: PoolRef, uuid: string): Promise<void> {
  const driver = driverOf(pool)
  await context.pools.use(pool, async () => {
    const reader = await userOf(context, imagePath(pool, uuid))
    if (reader !== undefined) {
      throw hostRefusal(agentFailure('template.in-use', 'A guest has the image', { seen: `guest ${reader}` }))
    }
    const [overlay] = await driver.dependents(context, pool, uuid)
    if (overlay !== undefined) {
      throw hostRefusal(
        agentFailure('template.in-use', 'The template has volumes on the pool', { seen: `volume ${overlay}` }),
      )
    }
    await driver.remove(context, pool, uuid)
  })
}
