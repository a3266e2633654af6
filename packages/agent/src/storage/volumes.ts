import { chmod, chown, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hostRefusal, type PoolRef } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import { findAll, parseXml } from '../xml/parse-xml.ts'
import { syncPath } from './place-file.ts'
import { partialPath, templateRecordPath, volumePath } from './pool-files.ts'
import { createImage, readHeader } from './qemu-img.ts'
import { qemuOwner } from './qemu-owner.ts'
import { readTemplateRecord } from './template-record.ts'

export type VolumeRequest = {
  readonly uuid: string
  readonly sizeBytes: number
  readonly format: 'qcow2' | 'raw'
  readonly templateUuid?: string | undefined
}
export type VolumeSize = { readonly sizeBytes: number; readonly physicalBytes: number }

/** Makes the volume under a temporary name and renames it: a crash leaves no half of one. Repeatable. */
export async function createVolume(context: HostContext, pool: PoolRef, volume: VolumeRequest): Promise<VolumeSize> {
  const path = volumePath(pool, volume.uuid)
  const owner = await qemuOwner(context)
  return await context.pools.use(pool, async () => {
    const present = await matchingVolume(pool, volume)
    if (present !== undefined) return present
    const temporary = partialPath(pool, volume.uuid, context.identity().hostUuid)
    await rm(temporary, { force: true })
    const backing = await backingOf(pool, volume)
    await createImage(context.runtime, { path: temporary, format: volume.format, sizeBytes: volume.sizeBytes }, backing)
    await chown(temporary, owner.uid, owner.gid)
    await chmod(temporary, 0o660)
    await syncPath(temporary)
    await rename(temporary, path)
    await syncPath(pool.path)
    return { sizeBytes: volume.sizeBytes, physicalBytes: (await stat(path)).blocks * 512 }
  })
}

/** The volume as asked for, if it is there; refuses a file of the name that is something else. */
export async function matchingVolume(pool: PoolRef, volume: VolumeRequest): Promise<VolumeSize | undefined> {
  const found = await statVolume(pool, volume.uuid, volume.format)
  if (found === undefined) return undefined
  const backing = volume.format === 'qcow2' ? (await readHeader(volumePath(pool, volume.uuid)))?.backingFile : undefined
  if (found.sizeBytes === volume.sizeBytes && backing === volume.templateUuid) return found
  throw hostRefusal(
    agentFailure('volume.conflict', `Another file is named ${volume.uuid} on the pool`, {
      seen: `${found.sizeBytes} bytes over ${backing ?? 'nothing'}; asked: ${volume.sizeBytes} over ${volume.templateUuid ?? 'nothing'}`,
    }),
  )
}

async function backingOf(
  pool: PoolRef,
  volume: VolumeRequest,
): Promise<{ readonly name: string; readonly format: 'qcow2' | 'raw' } | undefined> {
  if (volume.templateUuid === undefined) return undefined
  const record = await readTemplateRecord(templateRecordPath(pool, volume.templateUuid))
  const there = record !== undefined && (await exists(volumePath(pool, volume.templateUuid)))
  if (!there) {
    throw hostRefusal(
      agentFailure('template.absent', 'The template has no copy on the pool', {
        seen: volumePath(pool, volume.templateUuid),
      }),
    )
  }
  return { name: volume.templateUuid, format: record.format }
}

/** Sizes of a volume, or undefined when there is none. */
export async function statVolume(
  pool: PoolRef,
  uuid: string,
  format?: 'qcow2' | 'raw',
): Promise<VolumeSize | undefined> {
  const path = volumePath(pool, uuid)
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (info === undefined) return undefined
  const physicalBytes = info.blocks * 512
  if (format === 'raw') return { sizeBytes: info.size, physicalBytes }
  try {
    const header = await readHeader(path)
    return header === undefined ? undefined : { sizeBytes: header.virtualSize, physicalBytes }
  } catch (error) {
    if (format === 'qcow2') throw error
    return { sizeBytes: info.size, physicalBytes }
  }
}

/** Removes a volume unless a guest of this host has it. Absent is success. */
export async function removeVolume(context: HostContext, pool: PoolRef, uuid: string): Promise<void> {
  const path = volumePath(pool, uuid)
  const user = await userOf(context, path)
  if (user !== undefined) {
    throw hostRefusal(agentFailure('volume.in-use', `The volume ${uuid} is in use`, { seen: `guest ${user}` }))
  }
  await context.pools.use(pool, async () => {
    await rm(path, { force: true })
    await rm(partialPath(pool, uuid, context.identity().hostUuid), { force: true })
    await syncPath(pool.path)
  })
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
  pool: PoolRef,
  uuid: string,
): Promise<{ readonly path: string; readonly format: 'qcow2' | 'raw' }[]> {
  const chain: { path: string; format: 'qcow2' | 'raw' }[] = []
  let name = uuid
  while (chain.length < 64) {
    const header = await readHeader(join(pool.path, name))
    if (header === undefined) throw absentVolume(join(pool.path, name))
    if (header.backingFile === undefined) return chain
    // Only names that we wrote ourselves: a file of the same directory.
    if (!/^[0-9a-f-]{36}$/.test(header.backingFile)) throw absentVolume(header.backingFile)
    const format = header.backingFormat === 'raw' ? 'raw' : 'qcow2'
    chain.push({ path: join(pool.path, header.backingFile), format })
    if (format === 'raw') return chain
    name = header.backingFile
  }
  throw absentVolume(`${uuid}: a chain of more than 64 images`)
}

function absentVolume(seen: string): Error {
  return hostRefusal(agentFailure('volume.absent', 'A disk of the guest is not on its pool', { seen }))
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
