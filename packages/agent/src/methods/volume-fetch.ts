import { hostRefusal, type Params } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import { type Job, mutatingMethod } from '../journal/host-method.ts'
import { refuseUse, requireSpace, requireVolume } from '../storage/copy-volume.ts'
import { driverOf } from '../storage/drivers.ts'
import { contentHash, fetchInto } from '../storage/fetch-into.ts'
import { inspectImage } from '../storage/inspect-image.ts'
import { resizeImage } from '../storage/qemu-img.ts'
import { qemuOwner } from '../storage/qemu-owner.ts'

export const volumeFetch = mutatingMethod('volume.fetch', {
  run: async (context, params, job) => ({ ...(await fetchVolume(context, params, job)) }),
  // Fetching again gives the same: what has come already is kept.
  probe: async () => ({ effect: 'absent' }),
})

async function fetchVolume(context: HostContext, params: Params<'volume.fetch'>, job: Job) {
  const { pool, volume, image } = params
  const { pools } = context
  if (volume.format !== image.format || volume.sizeBytes < image.virtualSizeBytes) {
    throw hostRefusal(
      agentFailure('volume.format', 'The image does not fit into the volume', {
        seen: `${image.format} of ${image.virtualSizeBytes} bytes into ${volume.format} of ${volume.sizeBytes}`,
      }),
    )
  }
  await refuseUse(context, pool, volume.uuid)
  const owner = await qemuOwner(context)
  const driver = driverOf(pool)
  const have = await pools.use(pool, () => driver.written(context, pool, volume.uuid))
  const partial = await fetchFrom(context, params, have <= image.sizeBytes ? have : 0, job)
  await inspectImage(context.runtime, partial, image)
  if (volume.sizeBytes > image.virtualSizeBytes) {
    await resizeImage(context.runtime, {
      path: partial,
      format: volume.format,
      sizeBytes: volume.sizeBytes,
      shrink: false,
    })
  }
  await pools.use(pool, () => driver.publish(context, pool, volume.uuid, owner))
  return await requireVolume(context, { pool, volumeUuid: volume.uuid, format: volume.format })
}

/** Fetches the image from a place on. What an attempt for another image left is no beginning of this one: then all of it. */
async function fetchFrom(
  context: HostContext,
  params: Params<'volume.fetch'>,
  from: number,
  job: Job,
): Promise<string> {
  const { pool, volume, image } = params
  const { pools } = context
  const driver = driverOf(pool)
  await requireSpace(context, pool, image.sizeBytes - from)
  const room = { format: volume.format, sizeBytes: volume.sizeBytes, fileBytes: image.sizeBytes }
  const partial = await pools.use(pool, () => driver.reserve(context, pool, volume.uuid, room, { resume: from > 0 }))
  await fetchInto(context, partial, from, image, job)
  const seen = await contentHash(partial, image)
  if (seen === image.sha256) return partial
  await pools.use(pool, () => driver.abandon(context, pool, volume.uuid))
  if (from > 0) return await fetchFrom(context, params, 0, job)
  throw agentFailure('template.checksum', 'The fetched image is not what the server recorded', {
    seen: `sha256 ${seen} instead of ${image.sha256}`,
  })
}
