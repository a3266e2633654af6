import { listDedicatedGuestVlanRanges } from '@altostack/api'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { listDedicatedRangeRows } from '../dedicated-range.repository.ts'
import { guestVlanRangeViews } from '../guest-vlan.view.ts'

export const handler = defineHandler(listDedicatedGuestVlanRanges, {
  async list({ db, caller, input, entities, page }) {
    const owner =
      input.account === undefined
        ? undefined
        : await resolveOwner(db, caller, input.account, entities.domainid, { anyState: true })
    const rows = await listDedicatedRangeRows(db, {
      ...(entities.id === undefined ? {} : { id: entities.id.id }),
      ...(owner === undefined ? {} : { accountId: owner.accountId }),
      ...(entities.domainid === undefined ? {} : { domainId: entities.domainid.id }),
      ...(entities.physicalnetworkid === undefined ? {} : { physicalNetworkId: entities.physicalnetworkid.id }),
      ...(entities.zoneid === undefined ? {} : { zoneId: entities.zoneid.id }),
    })
    const text = (input.guestvlanrange ?? '') + (input.keyword ?? '')
    const found = rows.filter((row) => `${row.first}-${row.last}`.includes(text))
    return {
      count: found.length,
      items: await guestVlanRangeViews(db, found.slice(page.offset, page.offset + page.limit)),
    }
  },
})
