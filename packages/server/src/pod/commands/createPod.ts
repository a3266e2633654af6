import { createPod } from '@altostack/api'
import { apiFailure, formatIpv4 } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { allocationState } from '../../zone/index.ts'
import { findPod, insertPod } from '../pod.repository.ts'
import { podAddresses, requireFreePodName, requireFreePodRange } from '../pod.service.ts'
import { podViews } from '../pod.view.ts'
import { formatPodRanges } from '../pod-ranges.ts'

export const handler = defineHandler(createPod, {
  eventText: ({ input }) => `creating pod ${input.name}`,
  async change({ tx, ctx, input, entities, now }) {
    const zone = entities.zoneid
    if (input.gateway === undefined || input.netmask === undefined) {
      throw apiFailure('api.parameter', 'A pod needs gateway and netmask')
    }
    await requireFreePodName(tx, zone.id, input.name)
    const addresses = podAddresses(input.gateway, input.netmask, input.startip, input.endip)
    await requireFreePodRange(tx, zone.id, addresses)
    const id = await insertPod(tx, {
      uuid: ctx.runtime.uuid(),
      name: input.name,
      data_center_id: zone.id,
      gateway: addresses.gateway,
      cidr_address: formatIpv4(addresses.network.address),
      cidr_size: addresses.network.bits,
      description:
        addresses.start === ''
          ? null
          : formatPodRanges([{ start: addresses.start, end: addresses.end, forSystemVms: false, vlan: 'untagged' }]),
      allocation_state: allocationState(input.allocationstate ?? 'Enabled'),
      created: now,
    })
    const pod = await findPod(tx, id)
    return (await podViews(tx, pod ? [pod] : []))[0] ?? {}
  },
})
