import { listCapacity } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { capacityNames, capacitySums, capacityViews } from '../capacity.view.ts'
import { percentUsed } from '../capacity-sums.ts'

// The figures are read from the claims themselves, so `fetchlatest` has nothing to recalculate.
export const handler = defineHandler(listCapacity, {
  list: async ({ ctx, db, input, entities, page }) => {
    const { zoneid, podid, clusterid } = entities
    if (input.sortby !== undefined && clusterid !== undefined) {
      throw apiFailure('api.parameter', 'sortby=usage lists the fullest places and cannot be used with clusterid')
    }
    const sums = await capacitySums(ctx, db, {
      level: clusterid !== undefined ? 'cluster' : podid !== undefined ? 'pod' : 'zone',
      ...(zoneid === undefined ? {} : { zoneId: zoneid.id }),
      ...(podid === undefined ? {} : { podId: podid.id }),
      ...(clusterid === undefined ? {} : { clusterId: clusterid.id }),
    })
    const ordered =
      input.sortby === 'usage' ? sums.toSorted((a, b) => Number(percentUsed(b)) - Number(percentUsed(a))) : sums
    const keyword = input.keyword?.toUpperCase()
    const found = ordered
      .filter((sum) => input.type === undefined || sum.type === input.type)
      .filter((sum) => keyword === undefined || capacityNames.get(sum.type)?.includes(keyword))
    const shown = found.slice(page.offset, page.offset + page.limit)
    return { count: found.length, items: await capacityViews(db, shown) }
  },
})
