import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { findDiskOffering } from '../offering/index.ts'
import { judgePools, loadSnapshot, type PoolView } from '../placement/index.ts'
import { storageTags } from './place-volume.ts'
import type { Volume } from './volume.states.ts'

export type JudgedPool = { readonly pool: PoolView; readonly refusal: string | undefined }

/** Every other pool of the volume's zone, with why migrateVolume would refuse it; those that fit first, emptiest first. */
export async function poolsForMigration(db: Queries, ctx: ServerContext, volume: Volume): Promise<JudgedPool[]> {
  const offering = volume.disk_offering_id === null ? undefined : await findDiskOffering(db, volume.disk_offering_id)
  const snapshot = await loadSnapshot(db, ctx)
  const demand = {
    id: volume.id,
    name: volume.name,
    bytes: volume.size,
    tags: storageTags(offering?.tags),
    local: offering?.use_local_storage === 1,
    poolId: undefined,
    template: undefined,
  }
  const vm =
    volume.instance_id === null
      ? undefined
      : await db
          .selectFrom('vm_instance')
          .select(['name', 'state', 'host_id', 'hypervisor_type'])
          .where('id', '=', volume.instance_id)
          .executeTakeFirst()
  const verdicts = judgePools(snapshot, demand, vm?.hypervisor_type ?? 'KVM')
  const zone = await db
    .selectFrom('storage_pool')
    .select('id')
    .where('data_center_id', '=', volume.data_center_id)
    .where('removed', 'is', null)
    .execute()
  const ofZone = new Set(zone.map(({ id }) => id))
  const host = vm?.state === 'Running' ? snapshot.hosts.find(({ id }) => id === vm.host_id) : undefined
  const reach = (poolId: number): string | undefined => {
    if (host !== undefined) {
      if (host.pools.includes(poolId)) return undefined
      return `host ${host.name} of the running virtual machine does not have it: migrateVirtualMachineWithVolume moves both`
    }
    const both = snapshot.hosts.some(({ pools }) => pools.includes(poolId) && pools.includes(volume.pool_id ?? 0))
    return both ? undefined : 'no host has both this pool and that of the volume'
  }
  return [...snapshot.pools.values()]
    .filter(({ id }) => ofZone.has(id) && id !== volume.pool_id)
    .map((pool) => ({ pool, refusal: verdicts.refused.get(pool.id) ?? reach(pool.id) }))
    .sort(
      (a, b) =>
        Number(a.refusal !== undefined) - Number(b.refusal !== undefined) ||
        b.pool.capacityBytes - b.pool.usedBytes - (a.pool.capacityBytes - a.pool.usedBytes) ||
        a.pool.id - b.pool.id,
    )
}
