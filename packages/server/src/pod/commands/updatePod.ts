import { updatePod } from '@altostack/api'
import { formatIpv4, netmaskOf } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { allocationState } from '../../zone/index.ts'
import { findPod, updatePodRow } from '../pod.repository.ts'
import { podAddresses, requireFreePodName, requireFreePodRange } from '../pod.service.ts'
import { podViews } from '../pod.view.ts'
import { formatPodRanges, parsePodRanges } from '../pod-ranges.ts'

export const handler = defineHandler(updatePod, {
  eventText: ({ entities }) => `updating pod ${entities.id.name}`,
  async change({ tx, input, entities }) {
    const pod = entities.id
    if (input.name !== undefined) await requireFreePodName(tx, pod.data_center_id, input.name, pod.id)
    const [first, ...others] = parsePodRanges(pod.description)
    const addresses = podAddresses(
      input.gateway ?? pod.gateway,
      input.netmask ?? netmaskOf(pod.cidr_size),
      input.startip ?? first?.start,
      input.endip ?? first?.end,
    )
    await requireFreePodRange(tx, pod.data_center_id, addresses, pod.id)
    const range = { start: addresses.start, end: addresses.end, forSystemVms: false, vlan: 'untagged' }
    await updatePodRow(tx, pod.id, {
      name: input.name ?? pod.name,
      gateway: addresses.gateway,
      cidr_address: formatIpv4(addresses.network.address),
      cidr_size: addresses.network.bits,
      description: addresses.start === '' ? null : formatPodRanges([range, ...others]),
      allocation_state:
        input.allocationstate === undefined ? pod.allocation_state : allocationState(input.allocationstate),
    })
    const updated = await findPod(tx, pod.id)
    return (await podViews(tx, updated ? [updated] : []))[0] ?? {}
  },
})
