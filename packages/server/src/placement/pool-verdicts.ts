import type { VolumeDemand } from './demand.ts'
import type { PoolVerdicts } from './filters/filter.ts'
import { bytesText, percentText } from './refusal.ts'
import type { PlacementSnapshot, PoolView } from './snapshot.ts'

/** Judges every pool for one volume, once: hosts then only look whether one of theirs is usable. */
export function judgePools(snapshot: PlacementSnapshot, volume: VolumeDemand, hypervisor: string): PoolVerdicts {
  const usable = new Set<number>()
  const refused = new Map<number, string>()
  for (const pool of snapshot.pools.values()) {
    const refusal = refusePool(pool, volume, hypervisor)
    if (refusal === undefined) usable.add(pool.id)
    else refused.set(pool.id, refusal)
  }
  return { usable, refused }
}

/** Bytes that placing the volume would claim of the pool: its own, and the template's copy unless it is there. */
export function claimOnPool(pool: PoolView, volume: VolumeDemand): number {
  if (volume.movable !== undefined) return volume.poolId === pool.id ? 0 : volume.movable.bytes
  const copy = volume.template === undefined || pool.templates.includes(volume.template.id) ? 0 : volume.template.bytes
  return volume.bytes === 0 ? 0 : volume.bytes + copy
}

/** The bytes that may be claimed of a pool in all. */
export function poolLimit(pool: PoolView): number {
  return Math.floor(pool.capacityBytes * pool.overprovisioning * pool.allocatedThreshold)
}

function refusePool(pool: PoolView, volume: VolumeDemand, hypervisor: string): string | undefined {
  const only = volume.movable?.onlyPoolId
  if (only !== undefined && pool.id !== only) return 'is not the pool that was asked for'
  // A disabled pool takes nothing new; what is on it goes on.
  const there = volume.poolId === pool.id && pool.status === 'Disabled'
  if (pool.status !== 'Up' && !there) return `is ${pool.status}, not Up`
  if (volume.poolId === pool.id) return undefined
  if (volume.poolId !== undefined && volume.movable === undefined) return 'does not hold the volume'
  if (volume.local !== (pool.scope === 'HOST')) {
    return volume.local
      ? 'is shared, the offering asks for local storage'
      : 'is local, the offering asks for shared storage'
  }
  if (pool.scope === 'ZONE' && pool.hypervisor !== null && !['Any', hypervisor].includes(pool.hypervisor)) {
    return `is for hypervisor ${pool.hypervisor}`
  }
  const lacking = volume.tags.filter((tag) => !pool.tags.includes(tag))
  if (lacking.length > 0) return `lacks storage tag ${lacking.join(', ')}`
  const used = pool.capacityBytes === 0 ? 1 : pool.usedBytes / pool.capacityBytes
  if (used >= pool.usedThreshold)
    return `is ${percentText(used)} full; the threshold is ${percentText(pool.usedThreshold)}`
  const limit = poolLimit(pool)
  const asked = claimOnPool(pool, volume)
  if (pool.allocatedBytes + asked <= limit) return undefined
  return `has ${bytesText(Math.max(limit - pool.allocatedBytes, 0))} left to allocate of ${bytesText(limit)}, ${bytesText(asked)} are asked`
}
