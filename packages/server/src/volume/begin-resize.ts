import { volumeFailure } from '@altostack/core'
import { requireWithinLimits } from '../account/resource-limits.ts'
import { claimPool } from '../capacity/index.ts'
import type { Submission } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { findDiskOffering } from '../offering/index.ts'
import { placementSnapshot, poolLimit } from '../placement/index.ts'
import { storageTags } from './place-volume.ts'
import { moveVolume, type Volume } from './volume.states.ts'
import { volumeLock } from './volume-lock.ts'
import { ownerVm, refuseVmSnapshots, requireVolumeState } from './volume-rules.ts'
import { chooseSite } from './volume-site.ts'
import { GIB, offeredBytes, requireDiskOffering } from './volume-size.ts'
import { volumeResizeWorkflow } from './workflows/volume-resize.ts'
import { volumeUpdateWorkflow } from './workflows/volume-update.ts'

export type ResizeWish = {
  readonly sizeGib: number | undefined
  readonly offering: Row<'disk_offering'> | undefined
  readonly shrinkOk: boolean
}

/** Checks a new size or offering of a volume, claims what it grows by, and says which workflow does it. */
export async function beginResize(tx: Tx, ctx: ServerContext, volume: Volume, wish: ResizeWish): Promise<Submission> {
  requireVolumeState(volume, ['Ready', 'Allocated'], 'resizing it')
  const vm = await ownerVm(tx, volume, 'resizing a volume')
  const bytes = await newBytes(tx, ctx, volume, wish)
  if (bytes !== volume.size) await refuseVmSnapshots(tx, volume.instance_id)
  const runs = vm?.state === 'Running' && volume.state === 'Ready'
  if (bytes < volume.size) refuseShrink(volume, bytes, runs, wish.shrinkOk)
  const grows = bytes - volume.size
  if (grows > 0) {
    const account = await tx
      .selectFrom('account')
      .selectAll()
      .where('id', '=', volume.account_id)
      .executeTakeFirstOrThrow()
    await requireWithinLimits(tx, ctx, account, { diskBytes: grows })
  }
  const toOfferingId = wish.offering?.id ?? volume.disk_offering_id
  const common = {
    lockKey: volumeLock(volume),
    instance: { type: 'Volume', id: volume.id, uuid: volume.uuid },
  }
  if (volume.state === 'Allocated' || volume.pool_id === null) {
    // It is a plan: nothing but the row changes.
    const set = { size: bytes, disk_offering_id: toOfferingId }
    return { ...common, workflow: volumeUpdateWorkflow, input: { volumeId: volume.id, set } }
  }
  if (wish.offering !== undefined) await requirePoolFits(tx, volume, wish.offering)
  if (grows > 0) await claimGrowth(tx, ctx, volume, grows)
  const site = await chooseSite(tx, ctx, vm, [volume.pool_id])
  await moveVolume(tx, ctx, volume, 'ResizeRequested', { cause: 'volume.resize', evidence: { bytes } })
  return {
    ...common,
    workflow: volumeResizeWorkflow,
    input: {
      volumeId: volume.id,
      site,
      fromBytes: volume.size,
      toBytes: bytes,
      shrink: wish.shrinkOk,
      fromOfferingId: volume.disk_offering_id,
      toOfferingId,
    },
  }
}

async function newBytes(tx: Tx, ctx: ServerContext, volume: Volume, wish: ResizeWish): Promise<number> {
  const root = volume.volume_type === 'ROOT'
  if (wish.offering !== undefined) {
    await requireDiskOffering(tx, wish.offering, volume.data_center_id)
    const free = wish.offering.customized === 1 || wish.offering.disk_size === 0
    // An offering with free size keeps the size that there is, unless one is named.
    const bytes =
      free && wish.sizeGib === undefined ? volume.size : await offeredBytes(tx, ctx, wish.offering, wish.sizeGib)
    if (bytes !== volume.size && wish.offering.disk_size_strictness === 1) throw strict(wish.offering.name)
    return bytes
  }
  if (wish.sizeGib === undefined) {
    throw volumeFailure('volume.size', 'size or diskofferingid is needed')
  }
  const current = volume.disk_offering_id === null ? undefined : await findDiskOffering(tx, volume.disk_offering_id)
  if (current?.disk_size_strictness === 1) throw strict(current.name)
  if (!root && current !== undefined && current.customized !== 1 && current.disk_size > 0) {
    throw volumeFailure('volume.size', `Disk offering ${current.name} has a size of its own`, {
      fix: 'Name another disk offering in diskofferingid.',
    })
  }
  const largest = await ctx.config.number('storage.max.volume.size', {}, tx)
  if (wish.sizeGib > largest) {
    throw volumeFailure('volume.size', `A volume has at most ${largest} GiB, ${wish.sizeGib} are asked`)
  }
  return wish.sizeGib * GIB
}

function strict(offering: string): Error {
  return volumeFailure('volume.size', `Disk offering ${offering} does not let the size of its disks change`)
}

function refuseShrink(volume: Volume, bytes: number, runs: boolean, shrinkOk: boolean): void {
  const seen = `${volume.size} bytes now, ${bytes} asked`
  if (!shrinkOk) {
    throw volumeFailure('volume.size', `Volume ${volume.name} would become smaller`, {
      seen,
      fix: 'Shrink its file system first, then send shrinkok=true: what lies beyond the new end is lost.',
    })
  }
  if (runs) {
    throw volumeFailure('volume.size', `Volume ${volume.name} cannot become smaller under a running guest`, {
      seen,
      fix: 'Stop the virtual machine or detach the volume first.',
    })
  }
}

async function requirePoolFits(tx: Tx, volume: Volume, offering: Row<'disk_offering'>): Promise<void> {
  const pool = await tx
    .selectFrom('storage_pool')
    .selectAll()
    .where('id', '=', volume.pool_id!)
    .executeTakeFirstOrThrow()
  const tags = await tx.selectFrom('storage_pool_tags').select('tag').where('pool_id', '=', pool.id).execute()
  const lacking = storageTags(offering.tags).filter((tag) => !tags.some((row) => row.tag === tag))
  const wrongKind = (offering.use_local_storage === 1) !== (pool.scope === 'HOST')
  if (lacking.length === 0 && !wrongKind) return
  throw volumeFailure(
    'volume.offering',
    `Pool ${pool.name} of the volume does not fit disk offering ${offering.name}`,
    {
      seen: lacking.length > 0 ? `it lacks storage tag ${lacking.join(', ')}` : `its scope is ${pool.scope}`,
      fix: 'Move the volume with migrateVolume to a pool that fits, then change the offering.',
    },
  )
}

/** Claims what the volume grows by. Throws 533 when its pool has no room. */
export async function claimGrowth(tx: Tx, ctx: ServerContext, volume: Volume, bytes: number): Promise<void> {
  const { snapshot } = await placementSnapshot(tx, ctx, { fresh: true })
  const pool = snapshot.pools.get(volume.pool_id!)
  if (pool === undefined) throw volumeFailure('volume.pool', 'The storage pool of the volume is gone')
  const scope = { poolId: pool.id }
  const beyond = await ctx.config.flag('volume.resize.allowed.beyond.allocation', scope, tx)
  const threshold = beyond
    ? await ctx.config.number('pool.storage.allocated.resize.capacity.disablethreshold', scope, tx)
    : pool.allocatedThreshold
  const limit = poolLimit({ ...pool, allocatedThreshold: Math.max(threshold, pool.allocatedThreshold) })
  if (await claimPool(tx, pool.id, bytes, limit)) return
  throw volumeFailure('volume.place', `Pool ${pool.name} has no room for the volume to grow`, {
    seen: `${pool.allocatedBytes} of ${limit} bytes are allocated, ${bytes} more are asked`,
    fix: 'Free space, or move the volume with migrateVolume first.',
  })
}
