import { listZonesMetrics, zoneResponse } from '@altostack/api'
import { defineExtendedList } from '../../command/extended-list.ts'
import { idsByUuid } from '../../inventory/index.ts'
import { hostsOfPlaces, placeUsage, thresholdsOf } from '../../stats/index.ts'
import { clustersOfZones } from '../zone.repository.ts'
import { handler as zones } from './listZones.ts'

export const handler = defineExtendedList(
  listZonesMetrics,
  { handler: zones, response: zoneResponse },
  async ({ ctx, db }, items) => {
    const ids = await idsByUuid(
      db,
      'data_center',
      items.map((zone) => zone.id ?? ''),
    )
    const hosts = await hostsOfPlaces(db, 'data_center_id', [...ids.values()])
    const clusters = await clustersOfZones(db, [...ids.values()])
    const thresholds = await thresholdsOf(ctx, db)
    return items.map((zone) => {
      const id = ids.get(zone.id ?? '') ?? -1
      const own = clusters.get(id) ?? []
      return {
        ...zone,
        state: zone.allocationstate,
        clusters: `${own.filter((cluster) => cluster.enabled).length} / ${own.length}`,
        ...placeUsage(ctx, hosts.get(id) ?? [], thresholds),
      }
    })
  },
)
