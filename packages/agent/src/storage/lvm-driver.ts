import { hostRefusal, type PoolRef } from '@altostack/agent-api'
import { agentFailure, type Runtime } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import { run } from '../process.ts'
import { prepareGroup, releaseGroup } from './block-source.ts'
import {
  changeVolume,
  createVolume,
  extendVolume,
  findGroup,
  groupOf,
  type LogicalVolume,
  listVolumes,
  lvm,
  poolTag,
  removeVolume,
  renameVolume,
  switchVolume,
  tagOptions,
} from './lvm.ts'
import type { ImageRoom, ImageShape, PoolDriver, PoolSpace } from './pool-driver.ts'
import type { TemplateRecord } from './template-record.ts'

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * Images as logical volumes of a volume group on a disk that several hosts see. What an image is stands in tags of its
 * volume, so that it is known on hosts where it is not active. A volume is active on the host whose guest has it and on
 * no other (on both during a live migration); nothing is activated at boot.
 */
export const lvmDriver: PoolDriver = {
  kind: 'block',
  async attach(context, pool, request) {
    const { notice } = await prepareGroup(context, pool, request)
    await space(context.runtime, pool)
    return notice === undefined ? {} : { notice }
  },
  detach: releaseGroup,
  space,
  // `space` has seen the tag.
  verify: async () => {},
  async list({ runtime }, pool) {
    const volumes = await listVolumes(runtime, groupOf(pool))
    return volumes.map((one) => ({
      name: one.name,
      kind: kindOf(one),
      sizeBytes: one.sizeBytes,
      modified: Number(one.tags.get('made') ?? 0),
    }))
  },
  path,
  async inspect(context, pool, name) {
    const found = await findVolume(context, pool, name)
    return found === undefined ? undefined : shapeOf(found)
  },
  async reserve(context, pool, name, room) {
    const { runtime } = context
    const group = groupOf(pool)
    const own = partialName(context, name)
    if (room.backing !== undefined) await activateOne(runtime, group, room.backing.name)
    const tags = {
      format: room.format,
      size: room.sizeBytes,
      made: runtime.now(),
      ...(room.backing === undefined ? {} : { backing: room.backing.name, 'backing-format': room.backing.format }),
    }
    const bytes = await bytesFor(runtime, room)
    await context.leases.hold(pool, async (lease) => {
      await removeVolume(runtime, lease, group, own)
      await createVolume(runtime, lease, group, { name: own, bytes, tags })
    })
    return path(pool, own)
  },
  // How far a write came cannot be seen of a device: it begins anew.
  written: async () => 0,
  async unfinished(context, pool, name) {
    const { runtime } = context
    const own = partialName(context, name)
    const [found] = await listVolumes(runtime, groupOf(pool), own)
    if (found === undefined) return undefined
    if (!found.active) await activateOne(runtime, groupOf(pool), own)
    return { path: path(pool, own), bytes: found.sizeBytes }
  },
  abandon: (context, pool, name) => removeAll(context, pool, [partialName(context, name)]),
  async publish(context, pool, name) {
    await finish(context, pool, name, { kind: 'volume' }, [])
  },
  async publishTemplate(context, pool, name, record) {
    // Another host may have been faster; its copy stays, and may be open.
    if ((await listVolumes(context.runtime, groupOf(pool), name)).length > 0) {
      await lvmDriver.abandon(context, pool, name)
      return false
    }
    await finish(context, pool, name, { kind: 'template', sha256: record.sha256, bytes: record.sizeBytes }, ['-pr'])
    return true
  },
  async template({ runtime }, pool, name) {
    const [found] = await listVolumes(runtime, groupOf(pool), name)
    return found === undefined ? undefined : recordOf(found)
  },
  async dependents({ runtime }, pool, name) {
    const volumes = await listVolumes(runtime, groupOf(pool))
    return volumes.filter((one) => one.tags.get('backing') === name).map((one) => one.name)
  },
  async grow(context, pool, name, sizeBytes) {
    const { runtime } = context
    const group = groupOf(pool)
    const found = await requireVolume(context, pool, name)
    const { format } = shapeOf(found)
    const bytes = await bytesFor(runtime, { format, sizeBytes })
    const before = found.tags.get('size')
    const away = before === undefined ? [] : tagOptions('--deltag', { size: before })
    await context.leases.hold(pool, async (lease) => {
      if (bytes > found.sizeBytes) await extendVolume(runtime, lease, group, name, bytes)
      if (before === String(sizeBytes)) return
      await changeVolume(runtime, lease, group, name, [...away, ...tagOptions('--addtag', { size: sizeBytes })])
    })
  },
  // What was replaced goes first: without its successor it would be taken for the image.
  remove: (context, pool, name) => removeAll(context, pool, [replacedName(name), partialName(context, name), name]),
  async activate(context, pool, name) {
    const times = activated.get(context) ?? new Map<string, number>()
    activated.set(context, times.set(name, context.runtime.monotonic()))
    await findVolume(context, pool, name)
    for (const one of await chainOf(context.runtime, pool, name)) {
      await activateOne(context.runtime, groupOf(pool), one)
    }
  },
  async deactivate({ runtime }, pool, name) {
    const [first, ...below] = await chainOf(runtime, pool, name)
    if (first === undefined) return
    await switchVolume(runtime, groupOf(pool), first, '-an')
    // What other guests of this host are based on stays: it is open.
    for (const one of below) await switchVolume(runtime, groupOf(pool), one, '-an').catch(() => {})
  },
}

/** A volume that was made active so shortly ago may be about to be opened, ms. */
const openingMs = 180_000
/** When volumes were last made active here, by monotonic time. */
const activated = new WeakMap<HostContext, Map<string, number>>()

export function mayBeOpened(context: HostContext, name: string): boolean {
  const at = activated.get(context)?.get(name)
  return at !== undefined && context.runtime.monotonic() - at < openingMs
}

function path(pool: PoolRef, name: string): string {
  return `${pool.path}/${name}`
}

/** Hosts write unfinished images side by side, each under its own name. */
function partialName(context: HostContext, name: string): string {
  return `part_${context.identity().hostUuid.slice(0, 8)}_${name}`
}

/** What an image had before another was put in its place. */
function replacedName(name: string): string {
  return `replaced_${name}`
}

/**
 * The finished image. LVM cannot exchange two names at once: a host that died between the two renames of an exchange left
 * the name to nobody, and the image that had it gets it back.
 */
async function findVolume(context: HostContext, pool: PoolRef, name: string): Promise<LogicalVolume | undefined> {
  const { runtime } = context
  const group = groupOf(pool)
  const look = async (): Promise<{ found?: LogicalVolume; replaced: boolean }> => {
    const seen = await listVolumes(runtime, group, name, replacedName(name))
    const found = seen.find((one) => one.name === name)
    return { ...(found === undefined ? {} : { found }), replaced: seen.some((one) => one.name !== name) }
  }
  const { found, replaced } = await look()
  if (found !== undefined || !replaced) return found
  return await context.leases.hold(pool, async (lease) => {
    // The exchange may have ended meanwhile.
    const again = await look()
    if (again.found !== undefined || !again.replaced) return again.found
    context.log.warn({ group, name }, 'an image that was to be replaced gets its name back')
    await renameVolume(runtime, lease, group, replacedName(name), name)
    return (await look()).found
  })
}

async function removeAll(context: HostContext, pool: PoolRef, names: readonly string[]): Promise<void> {
  const group = groupOf(pool)
  const present = new Set((await listVolumes(context.runtime, group, ...names)).map((one) => one.name))
  if (present.size === 0) return
  await context.leases.hold(pool, async (lease) => {
    for (const name of names) if (present.has(name)) await removeVolume(context.runtime, lease, group, name)
  })
}

async function space(runtime: Runtime, pool: PoolRef): Promise<PoolSpace> {
  const name = groupOf(pool)
  const group = await findGroup(runtime, name)
  if (group === undefined) {
    throw hostRefusal(agentFailure('pool.path', `The volume group ${name} is not on the host`, { seen: 'vgs: none' }))
  }
  if (!group.tags.includes(poolTag(pool))) {
    throw hostRefusal(
      agentFailure('pool.marker', `The volume group ${name} is not this pool's`, {
        seen: `tags ${group.tags.join(', ') || 'none'}`,
      }),
    )
  }
  const { sizeBytes, freeBytes } = group
  return { capacityBytes: sizeBytes, usedBytes: sizeBytes - freeBytes, availableBytes: freeBytes }
}

function kindOf(volume: LogicalVolume): 'volume' | 'template' | 'partial' | 'other' {
  if (/^(part|replaced)_/.test(volume.name)) return 'partial'
  const kind = volume.tags.get('kind')
  return uuidPattern.test(volume.name) && (kind === 'volume' || kind === 'template') ? kind : 'other'
}

export function shapeOf(volume: LogicalVolume): ImageShape {
  const format = volume.tags.get('format') === 'raw' ? 'raw' : 'qcow2'
  const backing = volume.tags.get('backing')
  return {
    format,
    sizeBytes: Number(volume.tags.get('size') ?? volume.sizeBytes),
    physicalBytes: volume.sizeBytes,
    ...(backing === undefined
      ? {}
      : { backing: { name: backing, format: volume.tags.get('backing-format') === 'raw' ? 'raw' : 'qcow2' } }),
  }
}

function recordOf(volume: LogicalVolume): TemplateRecord | undefined {
  if (volume.tags.get('kind') !== 'template') return undefined
  const { format, sizeBytes } = shapeOf(volume)
  return {
    format,
    sha256: volume.tags.get('sha256') ?? '',
    sizeBytes: Number(volume.tags.get('bytes') ?? 0),
    virtualSizeBytes: sizeBytes,
  }
}

async function requireVolume(context: HostContext, pool: PoolRef, name: string): Promise<LogicalVolume> {
  const found = await findVolume(context, pool, name)
  if (found !== undefined) return found
  throw hostRefusal(agentFailure('volume.absent', 'The volume is not on the pool', { seen: path(pool, name) }))
}

/** A guest may write every cluster of its disk: a qcow2 image gets room for all of them and for its own tables. */
async function bytesFor(runtime: Runtime, room: ImageRoom): Promise<number> {
  const fileBytes = room.fileBytes ?? 0
  if (room.readOnly === true && fileBytes > 0) return fileBytes
  if (room.format === 'raw') return Math.max(room.sizeBytes, fileBytes)
  const args = ['measure', '--output', 'json', '-O', 'qcow2', '--size', String(room.sizeBytes)]
  const { stdout } = await run('qemu-img', args, { runtime, timeoutMs: 15_000 })
  return Math.max((JSON.parse(stdout) as { readonly 'fully-allocated': number })['fully-allocated'], fileBytes)
}

/**
 * Makes a written image durable, lets go of it, and gives it its tags and then its name: the name is the last step. An
 * image that has the name makes way.
 */
async function finish(
  context: HostContext,
  pool: PoolRef,
  name: string,
  tags: Readonly<Record<string, string | number>>,
  options: readonly string[],
): Promise<void> {
  const { runtime } = context
  const group = groupOf(pool)
  const partial = partialName(context, name)
  await run('blockdev', ['--flushbufs', path(pool, partial)], { runtime, timeoutMs: 20_000 })
  await switchVolume(runtime, group, partial, '-an')
  await context.leases.hold(pool, async (lease) => {
    await changeVolume(runtime, lease, group, partial, tagOptions('--addtag', tags))
    if (options.length > 0) await changeVolume(runtime, lease, group, partial, options)
    const [old] = await listVolumes(runtime, group, name)
    if (old === undefined) return await renameVolume(runtime, lease, group, partial, name)
    if (old.open) {
      throw hostRefusal(agentFailure('volume.in-use', 'The volume is open on this host', { seen: path(pool, name) }))
    }
    if (old.active) await switchVolume(runtime, group, name, '-an')
    await removeVolume(runtime, lease, group, replacedName(name))
    await renameVolume(runtime, lease, group, name, replacedName(name))
    await renameVolume(runtime, lease, group, partial, name)
    await removeVolume(runtime, lease, group, replacedName(name))
  })
}

async function chainOf(runtime: Runtime, pool: PoolRef, name: string): Promise<string[]> {
  const volumes = new Map((await listVolumes(runtime, groupOf(pool))).map((one) => [one.name, one]))
  const chain: string[] = []
  for (
    let at: string | undefined = name;
    at !== undefined && chain.length < 64;
    at = volumes.get(at)?.tags.get('backing')
  ) {
    if (!volumes.has(at)) {
      if (chain.length === 0) return []
      throw hostRefusal(
        agentFailure('volume.absent', 'A disk of the guest is not on its pool', { seen: path(pool, at) }),
      )
    }
    chain.push(at)
  }
  return chain
}

/** Active on this host, with the size that it has now: another host may have extended it. */
async function activateOne(runtime: Runtime, group: string, name: string): Promise<void> {
  const [found] = await listVolumes(runtime, group, name)
  await switchVolume(runtime, group, name, found?.active === true ? '--refresh' : '-ay')
  await lvm(runtime, 'udevadm', ['settle', '--timeout=10']).catch(() => {})
}
