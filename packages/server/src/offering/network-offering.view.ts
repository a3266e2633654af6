import type { networkOfferingResponse, ResponseValue } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { domainNames, placeNames } from '../inventory/index.ts'
import { offeringServices } from '../network/index.ts'
import { type NetworkOffering, networkOfferingDetails } from './network-offering.repository.ts'

export type NetworkOfferingView = ResponseValue<typeof networkOfferingResponse>

/** Rows of the details table that are not the caller's own pairs. */
const limits = ['domainid', 'zoneid']
const capability = 'capability.'

export async function networkOfferingViews(
  db: Queries,
  offerings: readonly NetworkOffering[],
): Promise<NetworkOfferingView[]> {
  const ids = offerings.map((offering) => offering.id)
  const services = await offeringServices(db, ids)
  const details = await networkOfferingDetails(db, ids)
  const valuesOf = (id: number, name: string): string[] =>
    (details.get(id) ?? []).flatMap((row) => (row.name === name && row.value !== null ? [row.value] : []))
  const domains = await domainNames(
    db,
    ids.flatMap((id) => valuesOf(id, 'domainid').map(Number)),
  )
  const zones = await placeNames(
    db,
    'data_center',
    ids.flatMap((id) => valuesOf(id, 'zoneid').map(Number)),
  )
  return offerings.map((offering): NetworkOfferingView => {
    const own = details.get(offering.id) ?? []
    const inDomains = valuesOf(offering.id, 'domainid').flatMap((id) => domains.get(Number(id)) ?? [])
    const inZones = valuesOf(offering.id, 'zoneid').flatMap((id) => zones.get(Number(id)) ?? [])
    const free = own.filter((row) => !limits.includes(row.name) && !row.name.startsWith(capability))
    return {
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
        ...capabilitiesOf(own, row.service),
      })),
      forvpc: offering.for_vpc === 1,
      ispersistent: offering.is_persistent === 1,
      egressdefaultpolicy: offering.egress_default_policy === 1,
      supportsstrechedl2subnet: false,
      supportspublicaccess: false,
      supportsinternallb: false,
      internetprotocol: 'IPv4',
      hasannotations: false,
      ...(free.length === 0 ? {} : { details: Object.fromEntries(free.map((row) => [row.name, row.value ?? ''])) }),
      ...(inDomains.length === 0
        ? {}
        : {
            domainid: inDomains.map((domain) => domain.uuid).join(','),
            domain: inDomains.map((domain) => domain.name).join(','),
          }),
      ...(inZones.length === 0
        ? {}
        : { zoneid: inZones.map((zone) => zone.uuid).join(','), zone: inZones.map((zone) => zone.name).join(',') }),
    }
  })
}

function capabilitiesOf(
  details: readonly { readonly name: string; readonly value: string | null }[],
  service: string,
): { readonly capability?: readonly object[] } {
  const prefix = `${capability}${service}.`
  const found = details
    .filter((row) => row.name.startsWith(prefix))
    .map((row) => ({ name: row.name.slice(prefix.length), value: row.value ?? '', canchooseservicecapability: true }))
  return found.length === 0 ? {} : { capability: found }
}
