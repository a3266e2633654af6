import { readdirSync } from 'node:fs'
import { access, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hostRefusal, type PoolRef } from '@altostack/agent-api'
import { type agentErrors, agentFailure, errorText, type Runtime } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import { run } from '../process.ts'
import { type IscsiSource, loginTarget, logoutTarget } from './iscsi.ts'
import { createGroup, findGroup, groupOf, listVolumes, poolTag, removeGroup, switchVolume, tagGroup } from './lvm.ts'
import type { Attachment, AttachRequest } from './pool-driver.ts'
import type { Lease } from './pool-lease.ts'
import { replaceFile } from './replace-file.ts'

type Code = keyof typeof agentErrors
const deviceMs = 30_000

/** Reaches the disk of a block pool and makes its volume group usable. A disk with anything on it is never overwritten. */
export async function prepareGroup(
  context: HostContext,
  pool: PoolRef,
  { create, access: given }: AttachRequest,
): Promise<Attachment> {
  const { runtime } = context
  const group = groupOf(pool)
  const device = await reachDevice(context, pool, given.chap)
  if ((await findGroup(runtime, group))?.tags.includes(poolTag(pool))) return {}
  // Two hosts that make the pool at once: the second one finds it made.
  if (create) await context.leases.hold(pool, (lease) => claimGroup(context, pool, lease, device))
  else await requireClaimed(context, pool, device)
  return {}
}

async function claimGroup(
  { runtime }: HostContext,
  pool: PoolRef,
  lease: Lease,
  device: string | undefined,
): Promise<void> {
  const group = groupOf(pool)
  const found = await findGroup(runtime, group)
  if (found === undefined) {
    if (device === undefined) throw absent(group)
    await requireBlank(runtime, device)
    return await createGroup(runtime, lease, group, device, poolTag(pool))
  }
  if (found.tags.includes(poolTag(pool))) return
  const other = found.tags.find((tag) => tag.startsWith('alto.pool='))
  if (other !== undefined) throw refuse('pool.marker', `The volume group ${group} is not this pool's`, other)
  await tagGroup(runtime, lease, group, '--addtag', poolTag(pool))
}

async function requireClaimed({ runtime }: HostContext, pool: PoolRef, device: string | undefined): Promise<void> {
  const group = groupOf(pool)
  const found = await findGroup(runtime, group)
  if (found?.tags.includes(poolTag(pool))) return
  if (found === undefined && device === undefined) throw absent(group)
  if (found === undefined) {
    throw refuse('pool.volume-group', `The disk ${device} holds no volume group of the pool`, String(device))
  }
  const other = found.tags.find((tag) => tag.startsWith('alto.pool='))
  throw refuse('pool.marker', `The volume group ${group} is not this pool's`, other ?? 'no tag of a pool')
}

function absent(group: string): Error {
  return refuse('pool.path', `The volume group ${group} is not on the host`, 'vgs: none')
}

/** Lets go of the volumes and the disk. Refused while something on this host has one open. */
export async function releaseGroup(context: HostContext, pool: PoolRef, release: boolean): Promise<void> {
  const { runtime } = context
  const group = groupOf(pool)
  const volumes = await listVolumes(runtime, group).catch(() => [])
  const open = volumes.find((one) => one.open)
  if (open !== undefined) throw refuse('volume.in-use', 'A volume of the pool is open on this host', open.name)
  for (const one of volumes) if (one.active) await switchVolume(runtime, group, one.name, '-an')
  const found = await findGroup(runtime, group).catch(() => undefined)
  if (release && found?.tags.includes(poolTag(pool)) === true && volumes.length === 0) {
    await context.leases.hold(pool, (lease) =>
      pool.type === 'CLVM'
        ? tagGroup(runtime, lease, group, '--deltag', poolTag(pool))
        : removeGroup(runtime, lease, group),
    )
  }
  const { source } = pool
  if (source?.kind !== 'iscsi') return
  // Other disks of the target may be other pools of this host: their guests would lose them.
  const shared = context.pools
    .attached()
    .some((one) => one.uuid !== pool.uuid && one.source?.kind === 'iscsi' && one.source.target === source.target)
  if (!shared) await logoutTarget(runtime, source)
}

/** The disk's device on this host; undefined for a volume group that the host has by itself. */
async function reachDevice(
  context: HostContext,
  pool: PoolRef,
  chap: AttachRequest['access']['chap'],
): Promise<string | undefined> {
  const { source } = pool
  if (source === undefined || source.kind === 'nfs') return undefined
  const candidates = source.kind === 'iscsi' ? iscsiPaths(source) : wwidPaths(source.wwid)
  if (source.kind === 'iscsi') {
    if (source.portals.length > 1) await allowMultipath(context.runtime)
    await loginTarget(context.runtime, source, chap)
  }
  const single = await waitForDevice(context.runtime, candidates)
  if (single === undefined) {
    throw refuse('pool.lun', 'The disk of the pool does not appear on the host', `none of ${candidates.join(', ')}`)
  }
  return await multipathOf(context.runtime, single, source.kind === 'iscsi' && source.portals.length > 1)
}

function iscsiPaths({ portals, target, lun }: IscsiSource): string[] {
  return portals.map(({ address, port }) => `/dev/disk/by-path/ip-${address}:${port}-iscsi-${target}-lun-${lun}`)
}

function wwidPaths(wwid: string): string[] {
  return [`/dev/mapper/${wwid}`, `/dev/disk/by-id/dm-uuid-mpath-${wwid}`, `/dev/disk/by-id/scsi-${wwid}`]
}

async function waitForDevice(runtime: Runtime, paths: readonly string[]): Promise<string | undefined> {
  const until = runtime.monotonic() + deviceMs
  for (;;) {
    for (const path of paths) {
      if (
        await access(path).then(
          () => true,
          () => false,
        )
      )
        return path
    }
    if (runtime.monotonic() >= until) return undefined
    await runtime.sleep(250)
  }
}

/** The multipath device over a disk, if multipathd has made one; it is waited for where there are several paths. */
async function multipathOf(runtime: Runtime, device: string, expected: boolean): Promise<string> {
  const wwid = (
    await run('/lib/udev/scsi_id', ['-g', '-u', '-d', device], { runtime, timeoutMs: 10_000, accept: [0, 1] })
  ).stdout.trim()
  if (wwid === '' || device.startsWith('/dev/mapper/')) return device
  const mapped = `/dev/mapper/${wwid}`
  const until = runtime.monotonic() + (expected ? 15_000 : 0)
  for (;;) {
    if (readdirSync('/dev/mapper').includes(wwid)) return mapped
    if (runtime.monotonic() >= until) return device
    await runtime.sleep(250)
  }
}

/** Two paths to one disk become one device. A configuration of the operator's own counts. */
async function allowMultipath(runtime: Runtime): Promise<void> {
  const own = await readFile('/etc/multipath.conf', 'utf8').catch(() => undefined)
  if (own !== undefined) return
  const directory = '/etc/multipath/conf.d'
  await mkdir(directory, { recursive: true })
  const path = join(directory, 'altostack.conf')
  const wanted = 'defaults {\n  find_multipaths yes\n  user_friendly_names no\n}\n'
  if ((await readFile(path, 'utf8').catch(() => '')) === wanted) return
  replaceFile(path, wanted, 0o644)
  await run('multipathd', ['reconfigure'], { runtime, timeoutMs: 20_000 }).catch(() => {})
}

async function requireBlank(runtime: Runtime, device: string): Promise<void> {
  const args = ['-p', '-o', 'export', device]
  const { code, stdout } = await run('blkid', args, { runtime, timeoutMs: 20_000, accept: [0, 2] })
  const type = /^(TYPE|PTTYPE)=(.*)$/m.exec(stdout)
  if (code === 2 || type === null) return
  throw refuse('pool.volume-group', `The disk ${device} is not empty`, `${type[1]} ${type[2]}`)
}

export function refuse(code: Code, message: string, seen: unknown): Error {
  return hostRefusal(agentFailure(code, message, { seen: typeof seen === 'string' ? seen : errorText(seen) }))
}
