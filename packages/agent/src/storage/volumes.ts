import { hostRefusal, type PoolRef } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import { findAll, parseXml } from '../xml/parse-xml.ts'
import { driverOf } from './drivers.ts'
import type { ImageFormat } from './pool-driver.ts'
import { createImage } from './qemu-img.ts'
import { qemuOwner } from './qemu-owner.ts'

export type VolumeRequest = {
  readonly uuid: string
  readonly sizeBytes: number
  readonly format: ImageFormat
  readonly templateUuid?: string | undefined
}
export type VolumeSize = { readonly sizeBytes: number; readonly physicalBytes: number }

/** Where QEMU on this host finds the image. */
export function imagePath(pool: PoolRef, uuid: string): string {
  return driverOf(pool).path(pool, uuid)
}

/** Makes the volume under a temporary name and publishes it: a crash leaves no half of one. Repeatable. */
export async function createVolume(context: HostContext, pool: PoolRef, volume: VolumeRequest): Promise<VolumeSize> {
  const driver = driverOf(pool)
  const owner = await qemuOwner(context)
  return await context.pools.use(pool, async () => {
    const present = await matchingVolume(context, pool, volume)
    if (present !== undefined) return present
    const backing = await backingOf(context, pool, volume)
    const path = await driver.reserve(context, pool, volume.uuid, { ...volume, backing })
    await createImage(context.runtime, { path, format: volume.format, sizeBytes: volume.sizeBytes }, backing)
    await driver.publish(context, pool, volume.uuid, owner)
    const made = await statVolume(context, pool, volume.uuid, volume.format)
    return { sizeBytes: volume.sizeBytes, physicalBytes: made?.physicalBytes ?? 0 }
  })
}

/** The volume as asked for, if it is there; refuses an image of the name that is something else. */
export async function matchingVolume(
  context: HostContext,
  pool: PoolRef,
  volume: VolumeRequest,
): Promise<VolumeSize | undefined> {
  const found = await driverOf(pool).inspect(context, pool, volume.uuid, volume.format)
  if (found === undefined) return undefined
  const backing = found.backing?.name
  if (found.sizeBytes === volume.sizeBytes && backing === volume.templateUuid) return sizeOf(found)
  throw hostRefusal(
    agentFailure('volume.conflict', `Another file is named ${volume.uuid} on the pool`, {
      seen: `${found.sizeBytes} bytes over ${backing ?? 'nothing'}; asked: ${volume.sizeBytes} over ${volume.templateUuid ?? 'nothing'}`,
    }),
  )
}

async function backingOf(
  context: HostContext,
  pool: PoolRef,
  volume: VolumeRequest,
): Promise<{ readonly name: string; readonly format: ImageFormat } | undefined> {
  if (volume.templateUuid === undefined) return undefined
  const record = await driverOf(pool).template(context, pool, volume.templateUuid)
  if (record === undefined) {
    throw hostRefusal(
      agentFailure('template.absent', 'The template has no copy on the pool', {
        seen: imagePath(pool, volume.templateUuid),
      }),
    )
  }
  return { name: volume.templateUuid, format: record.format }
}

/** Sizes of a volume, or undefined when there is none. */
export async function statVolume(
  context: HostContext,
  pool: PoolRef,
  uuid: string,
  format?: ImageFormat,
): Promise<VolumeSize | undefined> {
  const found = await driverOf(pool).inspect(context, pool, uuid, format)
  return found === undefined ? undefined : sizeOf(found)
}

function sizeOf({ sizeBytes, physicalBytes }: VolumeSize): VolumeSize {
  return { sizeBytes, physicalBytes }
}

/** Removes a volume unless a guest of this host has it. Absent is success. */
export async function removeVolume(context: HostContext, pool: PoolRef, uuid: string): Promise<void> {
  const user = await userOf(context, imagePath(pool, uuid))
  if (user !== undefined) {
    throw hostRefusal(agentFailure('volume.in-use', `The volume ${uuid} is in use`, { seen: `guest ${user}` }))
  }
  await context.pools.use(pool, () => driverOf(pool).remove(context, pool, uuid))
}

/** Name of the guest whose definition has the file, at the top or below. */
export async function userOf(context: HostContext, path: string): Promise<string | undefined> {
  return await context.libvirt.use(async (client) => {
    for (const domain of await client.host.listAllDomains()) {
      const text = await client.domain.getXmlDesc(domain).catch(() => '')
      if (!text.includes(path)) continue
      const disks = findAll(parseXml(text), 'devices/disk')
      const files = JSON.stringify(disks.map((disk) => disk.children))
      if (files.includes(JSON.stringify(path))) return domain.name
    }
    return undefined
  })
}

/** Backing chain of a volume, nearest first, for explicit backing stores in a domain. */
export async function backingChain(
  context: HostContext,
  pool: PoolRef,
  uuid: string,
): Promise<{ readonly path: string; readonly format: ImageFormat }[]> {
  const driver = driverOf(pool)
  const chain: { path: string; format: ImageFormat }[] = []
  let name = uuid
  while (chain.length < 64) {
    const image = await driver.inspect(context, pool, name, 'qcow2')
    if (image === undefined) throw absentVolume(driver.path(pool, name))
    const { backing } = image
    if (backing === undefined) return chain
    // Only names that we wrote ourselves: an image of the same pool.
    if (!/^[0-9a-f-]{36}$/.test(backing.name)) throw absentVolume(backing.name)
    chain.push({ path: driver.path(pool, backing.name), format: backing.format })
    if (backing.format === 'raw') return chain
    name = backing.name
  }
  throw absentVolume(`${uuid}: a chain of more than 64 images`)
}

function absentVolume(seen: string): Error {
  return hostRefusal(agentFailure('volume.absent', 'A disk of the guest is not on its pool', { seen }))
}
