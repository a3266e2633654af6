import type { ResponseValue, storageNetworkIpRangeResponse } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { placeNames } from '../inventory/index.ts'
import type { StorageRange } from './storage-range.repository.ts'

export async function storageRangeViews(
  db: Queries,
  ranges: readonly StorageRange[],
): Promise<ResponseValue<typeof storageNetworkIpRangeResponse>[]> {
  const zones = await placeNames(
    db,
    'data_center',
    ranges.map((range) => range.data_center_id),
  )
  const pods = await placeNames(
    db,
    'host_pod_ref',
    ranges.map((range) => range.pod_id),
  )
  return ranges.map((range) => ({
    id: range.uuid,
    vlan: range.vlan,
    podid: pods.get(range.pod_id)?.uuid,
    startip: range.start_ip,
    endip: range.end_ip,
    gateway: range.gateway,
    zoneid: zones.get(range.data_center_id)?.uuid,
    netmask: range.netmask,
  }))
}
