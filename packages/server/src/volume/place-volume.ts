import { volumeFailure } from '@altostack/core'
import { claimPool } from '../capacity/index.ts'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { findDiskOffering } from '../offering/index.ts'
import { judgePools, type PoolView, placementSnapshot, poolLimit, type VolumeDemand } from '../placement/index.ts'
import type { Volume } from './volume.states.ts'

export type PlaceWish = {
  /** Only pools that this host has attached. */
  readonly hostId?: number
  /** Only this pool. */
  readonly poolId?: number
  /** Not this one: the volume is there. */
  readonly exceptPoolId?: number
  readonly zoneId: number
  readonly hypervisor: string
}

/**
 * Chooses a pool for a volume and claims its space, in the caller's transaction. Throws 533 with the verdict on each pool.
 */
export async function placeVolume(tx: Tx, ctx: ServerContext, volume: Volume, wish: PlaceWish): Promise<number> {
  const offering = volume.disk_offering_id === null ? undefined : await findDiskOffering(tx, volume.disk_offering_id)
  const demand: VolumeDemand = {
    id: volume.id,
    name: volume.name,
    bytes: volume.size,
    tags: storageTags(offering?.tags),
    local: offering?.use_local_storage === 1,
    poolId: undefined,
    template: undefined,
  }
  const { snapshot } = await placementSnapshot(tx, ctx, { fresh: true })
  const reachable = await poolsInReach(tx, wish)
  const verdicts = judgePools(snapshot, demand, wish.hypervisor)
  const open: PoolView[] = []
  const seen: string[] = []
  for (const pool of snapshot.pools.values()) {
    if (!reachable.has(pool.id) || pool.id === wish.exceptPoolId) continue
    if (verdicts.usable.has(pool.id)) open.push(pool)
    else seen.push(`${pool.name} ${verdicts.refused.get(pool.id)}`)
  }
  // Most free space first, so that pools fill evenly.
  const free = (pool: PoolView): number => poolLimit(pool) - pool.allocatedBytes
  for (const pool of open.toSorted((a, b) => free(b) - free(a))) {
    if (await claimPool(tx, pool.id, volume.size, poolLimit(pool))) return pool.id
    seen.push(`${pool.name} was filled meanwhile`)
  }
  throw volumeFailure('volume.place', `No storage pool takes volume ${volume.name}`, {
    seen: seen.join('; ') || 'no storage pool is in reach',
    entities: [{ uuid: volume.uuid, description: 'volume' }],
  })
}

async function poolsInReach(tx: Tx, wish: PlaceWish): Promise<ReadonlySet<number>> {
  let query = tx
    .selectFrom('storage_pool')
    .select('storage_pool.id')
    .where('storage_pool.data_center_id', '=', wish.zoneId)
    .where('storage_pool.removed', 'is', null)
  if (wish.poolId !== undefined) query = query.where('storage_pool.id', '=', wish.poolId)
  if (wish.hostId !== undefined) {
    const { hostId } = wish
    query = query.where((eb) =>
      eb(
        'storage_pool.id',
        'in',
        eb
          .selectFrom('storage_pool_host_ref')
          .select('storage_pool_host_ref.pool_id')
          .where('storage_pool_host_ref.host_id', '=', hostId),
      ),
    )
  }
  return new Set((await query.execute()).map((row) => row.id))
}

/** Tags are stored comma separated. */
export function storageTags(text: string | null | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
}
