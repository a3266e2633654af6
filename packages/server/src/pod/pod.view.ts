import type { podResponse, ResponseValue } from '@altostack/api'
import { netmaskOf } from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { placeNames } from '../inventory/index.ts'
import type { Pod } from './pod.repository.ts'
import { parsePodRanges } from './pod-ranges.ts'

export type PodView = ResponseValue<typeof podResponse>

export async function podViews(db: Queries, pods: readonly Pod[]): Promise<PodView[]> {
  const zones = await placeNames(
    db,
    'data_center',
    pods.map((pod) => pod.data_center_id),
  )
  return pods.map((pod): PodView => {
    const zone = zones.get(pod.data_center_id)
    const ranges = parsePodRanges(pod.description)
    return {
      id: pod.uuid,
      name: pod.name,
      zoneid: zone?.uuid,
      zonename: zone?.name,
      gateway: pod.gateway,
      netmask: netmaskOf(pod.cidr_size),
      ipranges: ranges.map((range) => ({
        startip: range.start,
        endip: range.end,
        forsystemvms: range.forSystemVms ? '1' : '0',
        vlanid: range.vlan,
        cidr: `${pod.cidr_address}/${pod.cidr_size}`,
        gateway: pod.gateway,
      })),
      startip: ranges.map((range) => range.start),
      endip: ranges.map((range) => range.end),
      forsystemvms: ranges.map((range) => (range.forSystemVms ? '1' : '0')),
      vlanid: ranges.map((range) => range.vlan),
      allocationstate: pod.allocation_state,
    }
  })
}
