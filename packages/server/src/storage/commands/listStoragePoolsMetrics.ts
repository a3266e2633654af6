import { listStoragePoolsMetrics, storagePoolResponse } from '@altostack/api'
import { defineExtendedList } from '../../command/extended-list.ts'
import { gbText } from '../../stats/index.ts'
import { handler as pools } from './listStoragePools.ts'

export const handler = defineExtendedList(
  listStoragePoolsMetrics,
  { handler: pools, response: storagePoolResponse },
  async ({ ctx, db }, items) => {
    const limit = async (name: string): Promise<number> => await ctx.config.number(name, {}, db)
    const used = {
      notify: await limit('cluster.storage.capacity.notificationthreshold'),
      disable: await limit('pool.storage.capacity.disablethreshold'),
    }
    const allocated = {
      notify: await limit('cluster.storage.allocated.capacity.notificationthreshold'),
      disable: await limit('pool.storage.allocated.capacity.disablethreshold'),
    }
    return items.map((pool) => {
      const total = pool.disksizetotal ?? 0
      const factor = Number(pool.overprovisionfactor ?? 1)
      const above = (bytes: number | null | undefined, whole: number, share: number): boolean | undefined =>
        bytes == null || whole <= 0 ? undefined : bytes > whole * share
      return {
        ...pool,
        disksizeusedgb: gbText(pool.disksizeused ?? undefined),
        disksizetotalgb: `${gbText(total)} (x${pool.overprovisionfactor ?? '1'})`,
        disksizeallocatedgb: gbText(pool.disksizeallocated ?? undefined),
        disksizeunallocatedgb: gbText(Math.max(0, total * factor - (pool.disksizeallocated ?? 0))),
        storageusagethreshold: above(pool.disksizeused, total, used.notify),
        storageusagedisablethreshold: above(pool.disksizeused, total, used.disable),
        storageallocatedthreshold: above(pool.disksizeallocated, total * factor, allocated.notify),
        storageallocateddisablethreshold: above(pool.disksizeallocated, total * factor, allocated.disable),
      }
    })
  },
)
