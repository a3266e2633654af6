import { clusterResponse, listClustersMetrics } from '@altostack/api'
import { defineExtendedList } from '../../command/extended-list.ts'
import { idsByUuid } from '../../inventory/index.ts'
import { hostsOfPlaces, placeUsage, thresholdsOf } from '../../stats/index.ts'
import { handler as clusters } from './listClusters.ts'

export const handler = defineExtendedList(
  listClustersMetrics,
  { handler: clusters, response: clusterResponse },
  async ({ ctx, db }, items) => {
    const ids = await idsByUuid(
      db,
      'cluster',
      items.map((cluster) => cluster.id ?? ''),
    )
    const hosts = await hostsOfPlaces(db, 'cluster_id', [...ids.values()])
    return await Promise.all(
      items.map(async (cluster) => {
        const id = ids.get(cluster.id ?? '') ?? -1
        const own = hosts.get(id) ?? []
        return {
          ...cluster,
          state: cluster.managedstate === 'Unmanaged' ? cluster.managedstate : cluster.allocationstate,
          hosts: `${own.filter((host) => host.up).length} / ${own.length}`,
          ...placeUsage(ctx, own, await thresholdsOf(ctx, db, id)),
        }
      }),
    )
  },
)
