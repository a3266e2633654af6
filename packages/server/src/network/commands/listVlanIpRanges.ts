import { listVlanIpRanges } from '@altostack/api'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { listIpRangeRows } from '../ip-range.repository.ts'
import { ipRangeViews } from '../ip-range.view.ts'

export const handler = defineHandler(listVlanIpRanges, {
  async list({ db, caller, input, entities, page }) {
    const owner =
      input.account === undefined
        ? undefined
        : await resolveOwner(db, caller, input.account, entities.domainid, { anyState: true })
    const { count, rows } = await listIpRangeRows(
      db,
      {
        ...(entities.id === undefined ? {} : { id: entities.id.id }),
        ...(entities.zoneid === undefined ? {} : { zoneId: entities.zoneid.id }),
        ...(entities.podid === undefined ? {} : { podId: entities.podid.id }),
        ...(entities.networkid === undefined ? {} : { networkId: entities.networkid.id }),
        ...(entities.physicalnetworkid === undefined ? {} : { physicalNetworkId: entities.physicalnetworkid.id }),
        ...(owner === undefined ? {} : { accountId: owner.accountId }),
        ...(entities.domainid === undefined ? {} : { domainId: entities.domainid.id }),
        ...(input.vlan === undefined ? {} : { vlan: input.vlan }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
        ...(input.forvirtualnetwork === undefined ? {} : { forVirtualNetwork: input.forvirtualnetwork }),
      },
      page,
    )
    return { count, items: await ipRangeViews(db, rows) }
  },
})
