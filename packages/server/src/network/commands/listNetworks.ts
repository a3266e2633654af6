import { listNetworks } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { tagPairs } from '../../tag/index.ts'
import { domainAncestors } from '../../zone/index.ts'
import { listNetworkRows } from '../network.repository.ts'
import { networkViews } from '../network.view.ts'

export const handler = defineHandler(listNetworks, {
  async list({ db, caller, input, entities, page, scope }) {
    // Neither VPCs nor networks that guests cannot be placed on exist in this version.
    if (input.forvpc === true || input.canusefordeploy === false) return { count: 0, items: [] }
    const tags = tagPairs(input.tags)
    const filter = input.networkfilter ?? 'all'
    const domain = entities.domainid ?? { id: caller.domainId, path: caller.domainPath }
    const { count, rows } = await listNetworkRows(
      db,
      {
        scope,
        reach: filter === 'account' ? 'account' : filter === 'domain' ? 'domain' : 'all',
        reachingDomains: await domainAncestors(db, domain.path),
        domainId: domain.id,
        ...(entities.id === undefined ? {} : { id: entities.id.id }),
        ...(entities.zoneid === undefined ? {} : { zoneId: entities.zoneid.id }),
        ...(entities.physicalnetworkid === undefined ? {} : { physicalNetworkId: entities.physicalnetworkid.id }),
        ...(entities.networkofferingid === undefined ? {} : { networkOfferingId: entities.networkofferingid.id }),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
        ...(tags === undefined ? {} : { tags }),
        ...(input.type === undefined ? {} : { guestType: input.type }),
        ...(filter === 'shared' ? { guestType: 'Shared' } : {}),
        ...(input.traffictype === undefined ? {} : { trafficType: input.traffictype }),
        ...(input.acltype === undefined ? {} : { aclType: input.acltype }),
        ...(input.vlan === undefined ? {} : { vlan: input.vlan }),
        ...(input.restartrequired === undefined ? {} : { restartRequired: input.restartrequired }),
        ...(input.specifyipranges === undefined ? {} : { specifyIpRanges: input.specifyipranges }),
        ...(input.displaynetwork === undefined ? {} : { display: input.displaynetwork }),
        ...(input.issystem === undefined ? {} : { system: input.issystem }),
        ...(input.supportedservices === undefined ? {} : { services: input.supportedservices }),
      },
      page,
    )
    return { count, items: input.retrieveonlyresourcecount ? [] : await networkViews(db, rows) }
  },
})
