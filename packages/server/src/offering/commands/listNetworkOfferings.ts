import { listNetworkOfferings, type networkOfferingResponse, type ResponseValue } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { offeringServices } from '../../network/index.ts'
import { listNetworkOfferingRows } from '../network-offering.repository.ts'

export const handler = defineHandler(listNetworkOfferings, {
  async list({ db, input, entities, page }) {
    // Offerings are for every domain and zone, and route by NAT only: a filter for another routing mode finds none.
    if (input.routingmode !== undefined) return { count: 0, items: [] }
    const { count, rows } = await listNetworkOfferingRows(
      db,
      {
        ...(entities.id === undefined ? {} : { id: entities.id.id }),
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
    const services = await offeringServices(
      db,
      rows.map((row) => row.id),
    )
    return {
      count,
      items: rows.map(
        (offering): ResponseValue<typeof networkOfferingResponse> => ({
          id: offering.uuid,
          name: offering.name,
          displaytext: offering.display_text,
          tags: offering.tags,
          created: offering.created,
          traffictype: offering.traffic_type,
          isdefault: offering.is_default === 1,
          specifyvlan: offering.specify_vlan === 1,
          conservemode: offering.conserve_mode === 1,
          specifyipranges: offering.specify_ip_ranges === 1,
          availability: offering.availability,
          networkrate: offering.nw_rate,
          state: offering.state,
          guestiptype: offering.guest_type,
          service: (services.get(offering.id) ?? []).map((row) => ({
            name: row.service,
            ...(row.provider === null ? {} : { provider: [{ name: row.provider }] }),
          })),
          forvpc: offering.for_vpc === 1,
          ispersistent: offering.is_persistent === 1,
          egressdefaultpolicy: offering.egress_default_policy === 1,
          supportsstrechedl2subnet: false,
          supportspublicaccess: false,
          supportsinternallb: false,
          internetprotocol: 'IPv4',
          hasannotations: false,
        }),
      ),
    }
  },
})
