import { chown, stat } from 'node:fs/promises'
import { hostRefusal, type Params } from '@altostack/agent-api'
import { agentFailure, errorText, type JsonObject } from '@altostack/core'
import { DomainBackupBeginFlags, DomainGetJobStatsFlags, type DomainRef } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import type { Job } from '../journal/host-method.ts'
import { guestDisks, requireGuest } from '../vm/guest-disk.ts'
import { escapeXml } from '../xml/xml-text.ts'
import { refuseUse, requireSpace, requireVolume } from './copy-volume.ts'
import { driverOf } from './drivers.ts'
import { contentHash } from './fetch-into.ts'
import { convertImage, createImage, imageLength } from './qemu-img.ts'
import { qemuOwner } from './qemu-owner.ts'
import { imagePath } from './volumes.ts'

const pollMs = 200
type Take = Params<'snapshot.take'>

/**
 * Writes what the volume holds at one moment as an image of its own beside it, unfinished by name: nobody takes it for a
 * volume. A running guest is neither paused nor changed: QEMU copies each part before the guest writes over it.
 */
export async function takeSnapshot(context: HostContext, params: Take, job: Job): Promise<JsonObject> {
  const { volume, snapshotUuid, vm } = params
  const { pool } = volume
  const size = await requireVolume(context, volume)
  await requireSpace(context, pool, size.physicalBytes)
  const room = { format: 'qcow2' as const, sizeBytes: size.sizeBytes }
  const driver = driverOf(pool)
  const domain = vm === undefined ? undefined : await requireGuest(context, vm)
  const left = await context.pools.use(pool, () => driver.unfinished(context, pool, snapshotUuid))
  // A backup that a crash of the agent left has the image open.
  if (domain !== undefined && left !== undefined) await endOwnBackup(context, domain, left.path)
  const path = await context.pools.use(pool, () => driver.reserve(context, pool, snapshotUuid, room))
  try {
    if (domain === undefined) await copyAtRest(context, params, path, job)
    else await backUp(context, domain, params, path, size.sizeBytes, job)
    const sizeBytes = await lengthOf(context, path)
    return { sizeBytes, virtualSizeBytes: size.sizeBytes, sha256: await contentHash(path, { sizeBytes }) }
  } catch (error) {
    if (job.signal.aborted) throw error
    await context.pools.use(pool, () => driver.abandon(context, pool, snapshotUuid)).catch(() => {})
    if (error instanceof Error && 'code' in error && error.code !== 'agent.program' && error.code !== 'agent.libvirt') {
      throw error
    }
    throw agentFailure('snapshot.take', `The snapshot could not be taken: ${errorText(error)}`, {
      seen: errorText(error),
      cause: error,
    })
  }
}

/** A file may end before the last cluster of its image does: what is not there holds nothing. */
async function lengthOf(context: HostContext, path: string): Promise<number> {
  const image = await imageLength(context.runtime, path)
  const info = await stat(path)
  return info.isFile() ? Math.min(image, info.size) : image
}

async function copyAtRest(context: HostContext, { volume }: Take, path: string, job: Job): Promise<void> {
  const { pool, volumeUuid, format } = volume
  await refuseUse(context, pool, volumeUuid)
  await context.pools.use(pool, () => driverOf(pool).activate(context, pool, volumeUuid))
  await convertImage(
    context.runtime,
    { path: imagePath(pool, volumeUuid), format },
    { path, format: 'qcow2' },
    { signal: job.signal },
  )
  await context.pools.use(pool, () => driverOf(pool).deactivate(context, pool, volumeUuid))
}

async function backUp(
  context: HostContext,
  domain: DomainRef,
  { volume }: Take,
  path: string,
  sizeBytes: number,
  job: Job,
): Promise<void> {
  const { pool, volumeUuid } = volume
  await refuseLostBackup(context, domain)
  const disks = await guestDisks(context, domain)
  const own = disks.get(imagePath(pool, volumeUuid))
  if (own === undefined) {
    throw hostRefusal(
      agentFailure('volume.absent', `The guest ${domain.name} does not have the volume ${volumeUuid}`, {
        seen: imagePath(pool, volumeUuid),
      }),
    )
  }
  await createImage(context.runtime, { path, format: 'qcow2', sizeBytes })
  const owner = await qemuOwner(context)
  await chown(path, owner.uid, owner.gid)
  const kind = driverOf(pool).kind
  const others = [...disks.values()].filter((disk) => disk.target !== own.target)
  const xml = `<domainbackup mode='push'>
  <disks>
    <disk name='${escapeXml(own.target)}' backup='yes' type='${kind}'>
      <driver type='qcow2'/>
      <target ${kind === 'file' ? 'file' : 'dev'}='${escapeXml(path)}'>
        <seclabel model='dac' relabel='no'/>
      </target>
    </disk>
    ${others.map((disk) => `<disk name='${escapeXml(disk.target)}' backup='no'/>`).join('\n    ')}
  </disks>
</domainbackup>`
  await context.libvirt.use((client) => client.block.backupBegin(domain, xml, DomainBackupBeginFlags.EXTERNAL))
  await awaitBackup(context, domain, job)
}

/**
 * A libvirtd that died in the moment in which it began a backup has noted that the guest has one, and not which: the next
 * one finds it neither running nor ended, and lets nothing else begin while the guest lives.
 */
async function refuseLostBackup(context: HostContext, domain: DomainRef): Promise<void> {
  const seen = await context.libvirt
    .use((client) => client.domain.getJobStats(domain))
    .then(
      () => '',
      (error: unknown) => `${errorText(error)} ${(error as { readonly seen?: string }).seen ?? ''}`,
    )
  if (!seen.includes('backup job data missing')) return
  throw hostRefusal(agentFailure('vm.backup-lost', `The guest ${domain.name} has a backup that libvirt lost`, { seen }))
}

async function awaitBackup(context: HostContext, domain: DomainRef, job: Job): Promise<void> {
  const { libvirt } = context
  for (;;) {
    const { type, stats } = await libvirt.use((client) => client.domain.getJobStats(domain))
    if (type === 'none') break
    job.progress({ copiedBytes: Number(stats.disk_processed ?? 0), sizeBytes: Number(stats.disk_total ?? 0) })
    await context.runtime.sleep(pollMs, job.signal)
  }
  const { type, stats } = await libvirt.use((client) =>
    client.domain.getJobStats(domain, DomainGetJobStatsFlags.COMPLETED),
  )
  if (type === 'completed' && stats.success === true) return
  throw agentFailure('snapshot.take', 'QEMU could not write the snapshot', {
    seen: `${type}: ${stats.errmsg ?? 'no reason given'}`,
  })
}

/** Ends a backup to this very file, which a crash of the agent left behind. */
export async function endOwnBackup(context: HostContext, domain: DomainRef, path: string): Promise<void> {
  const xml = await context.libvirt.use((client) => client.block.backupXml(domain)).catch(() => '')
  if (!xml.includes(escapeXml(path))) return
  await context.libvirt.use((client) => client.domain.abortJob(domain)).catch(() => {})
  for (let at = 0; at < 100; at++) {
    const { type } = await context.libvirt.use((client) => client.domain.getJobStats(domain))
    if (type === 'none') return
    await context.runtime.sleep(pollMs)
  }
}
