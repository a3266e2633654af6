import { listNetworkOfferings } from '@altostack/api'
import { type Caller, isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import type { Queries, Row } from '../../db/database.ts'
import { domainAncestors } from '../../zone/index.ts'
import { listNetworkOfferingRows } from '../network-offering.repository.ts'
import { networkOfferingViews } from '../network-offering.view.ts'

export const handler = defineHandler(listNetworkOfferings, {
  async list({ db, caller, input, entities, page }) {
    // Offerings route by NAT only: a filter for another routing mode finds none.
    if (input.routingmode !== undefined) return { count: 0, items: [] }
    const { count, rows } = await listNetworkOfferingRows(
      db,
      {
        ...(entities.id === undefined ? {} : { id: entities.id.id }),
        ...(await domainLimit(db, caller, entities.domainid)),
        ...(entities.zoneid === undefined ? {} : { zoneId: entities.zoneid.id }),
        // For a network: the offerings it could change to, those of its guest type.
        ...(entities.networkid?.guest_type ? { guestType: entities.networkid.guest_type } : {}),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.displaytext === undefined ? {} : { displayText: input.displaytext }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
        ...(input.traffictype === undefined ? {} : { trafficType: input.traffictype }),
        ...(input.guestiptype === undefined ? {} : { guestType: input.guestiptype }),
        ...(input.availability === undefined ? {} : { availability: input.availability }),
        ...(input.state === undefined ? {} : { state: input.state }),
        ...(input.tags === undefined ? {} : { tags: input.tags }),
        ...(input.istagged === undefined ? {} : { tagged: input.istagged }),
        ...(input.isdefault === undefined ? {} : { isDefault: input.isdefault }),
        ...(input.specifyvlan === undefined ? {} : { specifyVlan: input.specifyvlan }),
        ...(input.specifyipranges === undefined ? {} : { specifyIpRanges: input.specifyipranges }),
        ...(input.forvpc === undefined ? {} : { forVpc: input.forvpc }),
        ...(input.supportedservices === undefined ? {} : { services: input.supportedservices }),
        ...(input.sourcenatsupported === undefined ? {} : { sourceNat: input.sourcenatsupported }),
      },
      page,
    )
    return { count, items: await networkOfferingViews(db, rows) }
  },
})

/** What others than root administrators see: offerings for everybody, for their domain and for those above it. */
async function domainLimit(
  db: Queries,
  caller: Caller,
  domain: Row<'domain'> | undefined,
): Promise<{ reachingDomains?: readonly number[] }> {
  if (domain === undefined && isRootAdmin(caller)) return {}
  return { reachingDomains: await domainAncestors(db, domain?.path ?? caller.domainPath) }
}
