import type { physicalNetworkResponse, ResponseValue, trafficTypeResponse } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { domainNames, placeNames } from '../inventory/index.ts'
import type { PhysicalNetwork, TrafficType } from './physical-network.repository.ts'

export async function physicalNetworkViews(
  db: Queries,
  networks: readonly PhysicalNetwork[],
): Promise<ResponseValue<typeof physicalNetworkResponse>[]> {
  const zones = await placeNames(
    db,
    'data_center',
    networks.map((network) => network.data_center_id),
  )
  const domains = await domainNames(
    db,
    networks.map((network) => network.domain_id),
  )
  return networks.map(
    (network): ResponseValue<typeof physicalNetworkResponse> => ({
      id: network.uuid,
      name: network.name,
      broadcastdomainrange: network.broadcast_domain_range,
      zoneid: zones.get(network.data_center_id)?.uuid,
      zonename: zones.get(network.data_center_id)?.name,
      state: network.state,
      vlan: network.vnet,
      domainid: network.domain_id === null ? undefined : domains.get(network.domain_id)?.uuid,
      tags: network.tags,
      isolationmethods: network.isolation_methods,
      networkspeed: network.speed === null ? undefined : speedText(network.speed),
    }),
  )
}

/** Mbit/s as CloudStack writes it. */
function speedText(speed: number): string {
  return speed >= 1000 && speed % 1000 === 0 ? `${speed / 1000}G` : `${speed}`
}

export function trafficTypeView(
  type: TrafficType,
  physicalNetworkUuid: string,
): ResponseValue<typeof trafficTypeResponse> {
  return {
    id: type.uuid,
    traffictype: type.traffic_type,
    physicalnetworkid: physicalNetworkUuid,
    kvmnetworklabel: type.kvm_network_label,
    xennetworklabel: type.xenserver_network_label,
    vmwarenetworklabel: type.vmware_network_label,
    hypervnetworklabel: type.hyperv_network_label,
    ovm3networklabel: type.ovm3_network_label,
    vlan: type.vlan,
  }
}
