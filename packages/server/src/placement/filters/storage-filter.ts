import type { HostView, PlacementSnapshot } from '../snapshot.ts'
import type { HostFilter, PoolVerdicts } from './filter.ts'

/** Each volume needs a pool that this host has attached and that would take it. */
export const storageFilter: HostFilter = {
  name: 'storage',
  applies: (demand) => demand.volumes.length > 0,
  refuse: (host, { demand, pools, snapshot }) => {
    for (let index = 0; index < demand.volumes.length; index++) {
      const verdicts = pools[index]!
      if (host.pools.some((id) => verdicts.usable.has(id))) continue
      return {
        filter: 'storage',
        seen: () => `has no pool for volume ${demand.volumes[index]!.name}: ${poolsText(host, verdicts, snapshot)}`,
        fix: 'Free space, correct the storage tags, or attach a pool to the host.',
      }
    }
    return undefined
  },
}

function poolsText(host: HostView, verdicts: PoolVerdicts, snapshot: PlacementSnapshot): string {
  if (host.pools.length === 0) return 'no pool is attached'
  return host.pools
    .map((id) => `${snapshot.pools.get(id)?.name ?? `pool ${id}`} ${verdicts.refused.get(id) ?? 'is not known'}`)
    .join('; ')
}
