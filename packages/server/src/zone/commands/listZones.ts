import { listZones } from '@altostack/api'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { domainAncestors, listZoneRows, type ZoneFilter } from '../zone.repository.ts'
import { zoneViews } from '../zone.view.ts'

export const handler = defineHandler(listZones, {
  async list({ db, caller, input, entities, page }) {
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
    return { count, items: await zoneViews(db, rows) }
  },
})
