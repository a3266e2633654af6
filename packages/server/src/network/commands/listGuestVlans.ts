import { listGuestVlans } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { listGuestVlanRows } from '../guest-vlan.repository.ts'
import { guestVlanViews } from '../guest-vlan.view.ts'

export const handler = defineHandler(listGuestVlans, {
  async list({ db, input, entities, page }) {
    const { count, rows } = await listGuestVlanRows(
      db,
      {
        ...(input.id === undefined ? {} : { id: input.id }),
        ...(entities.zoneid === undefined ? {} : { zoneId: entities.zoneid.id }),
        ...(entities.physicalnetworkid === undefined ? {} : { physicalNetworkId: entities.physicalnetworkid.id }),
        ...(input.vnet === undefined ? {} : { vnet: input.vnet }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
        allocatedOnly: input.allocatedonly === true || input.id !== undefined,
      },
      page,
    )
    return { count, items: await guestVlanViews(db, rows) }
  },
})
