import { listZones } from '@altostack/api'
import { withCapacity } from '../../capacity/index.ts'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { domainAncestors, listZoneRows, type ZoneFilter } from '../zone.repository.ts'
import { zoneViews } from '../zone.view.ts'

export const handler = defineHandler(listZones, {
  async list({ ctx, db, caller, input, entities, page }) {
    // No zone carries a tag in this version.
    if (input.tags !== undefined) return { count: 0, items: [] }
    const ids = input.id === undefined ? entities.ids?.map((zone) => zone.id) : [entities.id?.id ?? -1]
    const filter: ZoneFilter = {
      ...(ids === undefined ? {} : { ids }),
      ...(input.name === undefined ? {} : { name: input.name }),
      ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
      ...(input.networktype === undefined ? {} : { networkType: input.networktype }),
      ...(entities.domainid === undefined ? {} : { domainId: entities.domainid.id }),
      // Tenants see zones they can use; `available=false` widens that to disabled ones only for administrators.
      ...(!isRootAdmin(caller) && input.available !== false ? { available: true } : {}),
      ...(isRootAdmin(caller) ? {} : { visibleToDomains: await domainAncestors(db, caller.domainPath) }),
    }
    const { count, rows } = await listZoneRows(db, filter, page)
    const items = await zoneViews(db, rows)
    return { count, items: input.showcapacities ? await withCapacity(ctx, db, 'zone', rows, items) : items }
  },
})
