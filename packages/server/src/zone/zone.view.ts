import type { ResponseValue, zoneResponse } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { domainNames } from '../inventory/index.ts'
import { type Zone, zoneDetails } from './zone.repository.ts'

export type ZoneView = ResponseValue<typeof zoneResponse>

/** Zones as answers; infrastructure fields are cut by the response's roles at the edge. */
export async function zoneViews(db: Queries, zones: readonly Zone[]): Promise<ZoneView[]> {
  const details = await zoneDetails(
    db,
    zones.map((zone) => zone.id),
  )
  const domains = await domainNames(
    db,
    zones.map((zone) => zone.domain_id),
  )
  return zones.map((zone): ZoneView => {
    const domain = zone.domain_id === null ? undefined : domains.get(zone.domain_id)
    return {
      id: zone.uuid,
      name: zone.name,
      description: zone.description,
      dns1: zone.dns1,
      dns2: zone.dns2,
      ip6dns1: zone.ip6_dns1,
      ip6dns2: zone.ip6_dns2,
      internaldns1: zone.internal_dns1,
      internaldns2: zone.internal_dns2,
      guestcidraddress: zone.guest_network_cidr,
      domain: zone.domain,
      domainid: domain?.uuid,
      domainname: domain?.name,
      networktype: zone.networktype,
      securitygroupsenabled: zone.is_security_group_enabled === 1,
      allocationstate: zone.allocation_state,
      dhcpprovider: zone.dhcp_provider,
      localstorageenabled: zone.is_local_storage_enabled === 1,
      type: zone.type,
      resourcedetails: details.get(zone.id),
      storageaccessgroups: zone.storage_access_groups,
      tags: [],
    }
  })
}
