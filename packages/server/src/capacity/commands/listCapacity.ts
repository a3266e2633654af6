import { listCapacity } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { placeNames } from '../../inventory/index.ts'
import {
  addressCapacitySums,
  type CapacityFilter,
  capacityTypes,
  hostCapacitySums,
  poolCapacitySums,
} from '../capacity-list.repository.ts'
import { percentUsed, sumUp } from '../capacity-sums.ts'

const names = new Map<number, string>(Object.values(capacityTypes).map(({ number, name }) => [number, name]))

// The figures are read from the claims themselves, so `fetchlatest` has nothing to recalculate.
export const handler = defineHandler(listCapacity, {
  list: async ({ ctx, db, input, entities, page }) => {
    const { zoneid, podid, clusterid } = entities
    if (input.sortby !== undefined && clusterid !== undefined) {
      throw apiFailure('api.parameter', 'sortby=usage lists the fullest places and cannot be used with clusterid')
    }
    const filter: CapacityFilter = {
      level: clusterid !== undefined ? 'cluster' : podid !== undefined ? 'pod' : 'zone',
      overprovisioning: await ctx.config.number('storage.overprovisioning.factor', {}, db),
      ...(zoneid === undefined ? {} : { zoneId: zoneid.id }),
      ...(podid === undefined ? {} : { podId: podid.id }),
      ...(clusterid === undefined ? {} : { clusterId: clusterid.id }),
    }
    const sums = sumUp(
      [
        ...(await hostCapacitySums(db, filter)),
        ...(await poolCapacitySums(db, filter)),
        ...(await addressCapacitySums(db, filter)),
      ],
      filter.level,
    ).filter((sum) => input.type === undefined || sum.type === input.type)
    const ordered =
      input.sortby === 'usage' ? sums.toSorted((a, b) => Number(percentUsed(b)) - Number(percentUsed(a))) : sums
    const keyword = input.keyword?.toUpperCase()
    const found = ordered.filter((sum) => keyword === undefined || names.get(sum.type)?.includes(keyword))
    const shown = found.slice(page.offset, page.offset + page.limit)
    const zones = await placeNames(
      db,
      'data_center',
      shown.map((sum) => sum.zoneId),
    )
    const pods = await placeNames(
      db,
      'host_pod_ref',
      shown.map((sum) => sum.podId),
    )
    const clusters = await placeNames(
      db,
      'cluster',
      shown.map((sum) => sum.clusterId),
    )
    return {
      count: found.length,
      items: shown.map((sum) => ({
        type: sum.type,
        name: names.get(sum.type),
        zoneid: zones.get(sum.zoneId)?.uuid,
        zonename: zones.get(sum.zoneId)?.name,
        podid: sum.podId === null ? null : pods.get(sum.podId)?.uuid,
        podname: sum.podId === null ? null : pods.get(sum.podId)?.name,
        clusterid: sum.clusterId === null ? null : clusters.get(sum.clusterId)?.uuid,
        clustername: sum.clusterId === null ? null : clusters.get(sum.clusterId)?.name,
        capacityallocated: Math.round(sum.used),
        capacityused: Math.round(sum.used),
        capacitytotal: Math.round(sum.total),
        percentused: percentUsed(sum),
      })),
    }
  },
})
