import { hostRefusal, type PoolRef, type VolumePlace } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import type { Job } from '../journal/host-method.ts'
import { driverOf } from './drivers.ts'
import { convertImage } from './qemu-img.ts'
import { qemuOwner } from './qemu-owner.ts'
import { imagePath, statVolume, userOf, type VolumeSize } from './volumes.ts'

/** Copies a volume that no guest of this host has to another pool under its own name; a crash leaves no half of one. */
export async function copyVolume(
  context: HostContext,
  volume: VolumePlace,
  to: PoolRef,
  job: Job,
): Promise<VolumeSize> {
  const { pool, volumeUuid, format } = volume
  const { pools, runtime } = context
  for (const at of [pool, to]) await refuseUse(context, at, volumeUuid)
  const owner = await qemuOwner(context)
  const source = await requireVolume(context, volume)
  await requireSpace(context, to, source.physicalBytes)
  const room = { format, sizeBytes: source.sizeBytes }
  await pools.use(pool, () => driverOf(pool).activate(context, pool, volumeUuid))
  const target = await pools.use(to, () => driverOf(to).reserve(context, to, volumeUuid, room))
  try {
    await convertImage(
      runtime,
      { path: imagePath(pool, volumeUuid), format },
      { path: target, format },
      { signal: job.signal },
    )
  } catch (error) {
    if (job.signal.aborted) throw error
    await pools.use(to, () => driverOf(to).abandon(context, to, volumeUuid)).catch(() => {})
    throw agentFailure('volume.copy', `The volume could not be copied: ${errorText(error)}`, { seen: errorText(error) })
  }
  await pools.use(to, () => driverOf(to).publish(context, to, volumeUuid, owner))
  await pools.use(pool, () => driverOf(pool).deactivate(context, pool, volumeUuid))
  return await requireVolume(context, { ...volume, pool: to })
}

export async function requireVolume(context: HostContext, volume: VolumePlace): Promise<VolumeSize> {
  const { pool, volumeUuid, format } = volume
  const found = await context.pools.use(pool, () => statVolume(context, pool, volumeUuid, format))
  if (found !== undefined) return found
  throw hostRefusal(
    agentFailure('volume.absent', 'The volume is not on the pool', { seen: imagePath(pool, volumeUuid) }),
  )
}

export async function refuseUse(context: HostContext, pool: PoolRef, volumeUuid: string): Promise<void> {
  const user = await userOf(context, imagePath(pool, volumeUuid))
  if (user === undefined) return
  throw hostRefusal(agentFailure('volume.in-use', `The volume ${volumeUuid} is in use`, { seen: `guest ${user}` }))
}

export async function requireSpace(context: HostContext, pool: PoolRef, bytes: number): Promise<void> {
  const { availableBytes } = await context.pools.space(pool)
  if (availableBytes >= bytes) return
  throw hostRefusal(
    agentFailure('pool.full', 'The pool has too little space for the copy', {
      seen: `${availableBytes} bytes free, about ${bytes} needed`,
    }),
  )
}
