import type { ResponseValue, vlanIpRangeResponse } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { domainNames, ownerNames, placeNames } from '../inventory/index.ts'
import type { IpRange } from './ip-range.repository.ts'

export async function ipRangeViews(
  db: Queries,
  ranges: readonly IpRange[],
): Promise<ResponseValue<typeof vlanIpRangeResponse>[]> {
  const ids = <K extends keyof IpRange>(column: K): IpRange[K][] => ranges.map((range) => range[column])
  const zones = await placeNames(db, 'data_center', ids('data_center_id'))
  const pods = await placeNames(db, 'host_pod_ref', ids('pod_id'))
  const networks = await placeNames(db, 'networks', ids('network_id'))
  const physical = await placeNames(db, 'physical_network', ids('physical_network_id'))
  const owners = await ownerNames(db, ids('account_id'))
  const domains = await domainNames(db, ids('domain_id'))
  return ranges.map((range): ResponseValue<typeof vlanIpRangeResponse> => {
    const [start, end] = (range.description ?? '').split('-')
    return {
      id: range.uuid,
      forvirtualnetwork: range.vlan_type === 'VirtualNetwork',
      zoneid: zones.get(range.data_center_id)?.uuid,
      vlan: range.vlan_id,
      account: owners.get(range.account_id ?? -1)?.account,
      domainid: domains.get(range.domain_id ?? -1)?.uuid,
      domain: domains.get(range.domain_id ?? -1)?.name,
      domainpath: domains.get(range.domain_id ?? -1)?.path,
      podid: pods.get(range.pod_id ?? -1)?.uuid,
      podname: pods.get(range.pod_id ?? -1)?.name,
      description: range.vlan_id,
      gateway: range.vlan_gateway,
      netmask: range.vlan_netmask,
      startip: start,
      endip: end,
      networkid: networks.get(range.network_id ?? -1)?.uuid,
      physicalnetworkid: physical.get(range.physical_network_id ?? -1)?.uuid,
      forsystemvms: range.for_system_vms === 1,
    }
  })
}
