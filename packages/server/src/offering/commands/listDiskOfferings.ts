import { listDiskOfferings } from '@altostack/api'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { domainIdsAbove, listDiskOfferingRows, poolTags } from '../disk-offering.repository.ts'
import { diskOfferingViews } from '../disk-offering.view.ts'

export const handler = defineHandler(listDiskOfferings, {
  async list({ db, caller, input, entities, page }) {
    const owner = entities.domainid?.id ?? caller.domainId
    // Root administrators see all, unless they ask for what somebody may use.
    const narrowed = !isRootAdmin(caller) || entities.domainid !== undefined
    const { count, rows } = await listDiskOfferingRows(
      db,
      {
        ...(entities.id === undefined ? {} : { id: entities.id.id }),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
        ...(entities.zoneid === undefined ? {} : { zoneId: entities.zoneid.id }),
        ...(narrowed ? { domainIds: await domainIdsAbove(db, owner) } : {}),
        ...(isRootAdmin(caller) ? {} : { displayed: true }),
        ...(input.state === undefined ? {} : { state: input.state }),
        ...(input.storagetype === undefined ? {} : { localStorage: input.storagetype === 'local' }),
        ...(entities.volumeid?.disk_offering_id ? { exceptId: entities.volumeid.disk_offering_id } : {}),
        ...(entities.storageid === undefined ? {} : { poolTags: await poolTags(db, entities.storageid.id) }),
      },
      page,
    )
    return { count, items: await diskOfferingViews(db, rows) }
  },
})
