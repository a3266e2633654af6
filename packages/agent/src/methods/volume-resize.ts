import { hostRefusal, type Params, type Result } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import { mutatingMethod } from '../journal/host-method.ts'
import { driverOf } from '../storage/drivers.ts'
import { resizeImage } from '../storage/qemu-img.ts'
import { imagePath, statVolume, userOf, type VolumeSize } from '../storage/volumes.ts'
import { requireGuest, requireGuestDisk } from '../vm/guest-disk.ts'

type Resized = Result<'volume.resize'>

export const volumeResize = mutatingMethod('volume.resize', {
  async run(context, params) {
    const { volume, sizeBytes, vm } = params
    const before = await sizeOf(context, params)
    if (before.sizeBytes === sizeBytes) return before
    if (sizeBytes < before.sizeBytes && (vm !== undefined || !params.shrink)) {
      throw hostRefusal(
        agentFailure('volume.shrink', `The volume ${volume.volumeUuid} would become smaller`, {
          seen: `${before.sizeBytes} bytes, ${sizeBytes} asked${vm === undefined ? '' : '; a guest has it'}`,
        }),
      )
    }
    if (vm === undefined) await resizeFile(context, params, before)
    else {
      const domain = await requireGuest(context, vm)
      const disk = await requireGuestDisk(context, domain, volume.pool, volume.volumeUuid)
      await context.pools.use(volume.pool, () =>
        driverOf(volume.pool).grow(context, volume.pool, volume.volumeUuid, sizeBytes),
      )
      await context.libvirt.use((client) => client.block.resize(domain, disk.target, sizeBytes))
    }
    return await sizeOf(context, params)
  },
  async probe(context, params) {
    const now = await sizeOf(context, params)
    return now.sizeBytes === params.sizeBytes ? { effect: 'done', result: now } : { effect: 'absent' }
  },
})

async function resizeFile(context: HostContext, params: Params<'volume.resize'>, before: VolumeSize): Promise<void> {
  const { volume, sizeBytes } = params
  const path = imagePath(volume.pool, volume.volumeUuid)
  const user = await userOf(context, path)
  if (user !== undefined) {
    throw hostRefusal(
      agentFailure('volume.in-use', `The volume ${volume.volumeUuid} is in use`, { seen: `guest ${user}` }),
    )
  }
  const shrink = sizeBytes < before.sizeBytes
  await context.pools.use(volume.pool, async () => {
    const driver = driverOf(volume.pool)
    await driver.activate(context, volume.pool, volume.volumeUuid)
    if (!shrink) await driver.grow(context, volume.pool, volume.volumeUuid, sizeBytes)
    await resizeImage(context.runtime, { path, format: volume.format, sizeBytes, shrink })
    await driver.deactivate(context, volume.pool, volume.volumeUuid)
  })
}

async function sizeOf(context: HostContext, { volume }: Params<'volume.resize'>): Promise<Resized> {
  const { pool, volumeUuid, format } = volume
  const found = await context.pools.use(pool, () => statVolume(context, pool, volumeUuid, format))
  if (found !== undefined) return found
  throw hostRefusal(
    agentFailure('volume.absent', 'The volume is not on the pool', { seen: imagePath(pool, volumeUuid) }),
  )
}
