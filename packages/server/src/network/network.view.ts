import type { networkResponse, ResponseValue } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { domainNames, ownerNames, placeNames } from '../inventory/index.ts'
import { withTags } from '../tag/index.ts'
import { uriValue } from './broadcast-uri.ts'
import { type Network, offeringServices } from './network.repository.ts'

export type NetworkView = ResponseValue<typeof networkResponse>

export async function networkViews(db: Queries, networks: readonly Network[]): Promise<NetworkView[]> {
  const zones = await placeNames(
    db,
    'data_center',
    networks.map((network) => network.data_center_id),
  )
  const physical = await placeNames(
    db,
    'physical_network',
    networks.map((network) => network.physical_network_id),
  )
  const owners = await ownerNames(
    db,
    networks.map((network) => network.account_id),
  )
  const domains = await domainNames(
    db,
    networks.map((network) => network.domain_id),
  )
  const offeringIds = [...new Set(networks.map((network) => network.network_offering_id))]
  const offerings =
    offeringIds.length === 0
      ? []
      : await db.selectFrom('network_offerings').selectAll().where('id', 'in', offeringIds).execute()
  const services = await offeringServices(db, offeringIds)
  const views = networks.map((network) => {
    const offering = offerings.find((candidate) => candidate.id === network.network_offering_id)
    const zone = zones.get(network.data_center_id)
    const domain = domains.get(network.domain_id)
    const domainWide = network.acl_type === 'Domain'
    return {
      id: network.uuid,
      name: network.name,
      displaytext: network.display_text ?? network.name,
      broadcastdomaintype: network.broadcast_domain_type,
      traffictype: network.traffic_type,
      gateway: network.gateway,
      netmask: network.cidr === null ? undefined : netmaskOfCidr(network.cidr),
      cidr: network.cidr,
      zoneid: zone?.uuid,
      zonename: zone?.name,
      networkofferingid: offering?.uuid,
      networkofferingname: offering?.name,
      networkofferingdisplaytext: offering?.display_text,
      networkofferingconservemode: offering?.conserve_mode === 1,
      networkofferingavailability: offering?.availability,
      issystem: network.traffic_type !== 'Guest',
      state: network.state,
      related: network.uuid,
      broadcasturi: network.broadcast_uri,
      vlan: uriValue(network.broadcast_uri),
      dns1: network.dns1,
      dns2: network.dns2,
      type: network.guest_type,
      acltype: network.acl_type,
      subdomainaccess: domainWide ? network.subdomain_access === 1 : undefined,
      account: domainWide ? undefined : owners.get(network.account_id)?.account,
      domainid: domain?.uuid,
      domain: domain?.name,
      domainpath: domain?.path,
      isdefault: network.is_default === 1,
      service: (services.get(network.network_offering_id) ?? []).map((row) => ({
        name: row.service,
        ...(row.provider === null ? {} : { provider: [{ name: row.provider }] }),
      })),
      networkdomain: network.network_domain,
      physicalnetworkid:
        network.physical_network_id === null ? undefined : physical.get(network.physical_network_id)?.uuid,
      restartrequired: network.restart_required === 1,
      specifyvlan: offering?.specify_vlan === 1,
      specifyipranges: network.specify_ip_ranges === 1,
      canusefordeploy: network.traffic_type === 'Guest',
      ispersistent: offering?.is_persistent === 1,
      displaynetwork: network.display_network === 1,
      privatemtu: network.private_mtu,
      created: network.created,
      hasannotations: false,
    }
  })
  return await withTags(db, views)
}

function netmaskOfCidr(cidr: string): string | undefined {
  const bits = Number(cidr.split('/')[1])
  if (!Number.isInteger(bits)) return undefined
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
  return [24, 16, 8, 0].map((shift) => (mask >>> shift) & 255).join('.')
}
