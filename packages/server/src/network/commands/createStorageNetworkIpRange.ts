import { createStorageNetworkIpRange } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { insertStorageRange, requireStorageRange, requireStorageVlan } from '../storage-range.repository.ts'
import { storageRangeViews } from '../storage-range.view.ts'

export const handler = defineHandler(createStorageNetworkIpRange, {
  eventText: ({ input, entities }) => `adding storage addresses from ${input.startip} to pod ${entities.podid.name}`,
  async change({ tx, ctx, input, entities, now }) {
    const pod = entities.podid
    const { gateway, netmask, startip } = input
    const range = await requireStorageRange(tx, pod, { gateway, netmask, startip, endip: input.endip })
    const row = await insertStorageRange(tx, {
      uuid: ctx.runtime.uuid(),
      start_ip: startip,
      end_ip: input.endip ?? startip,
      gateway,
      netmask: range.netmask,
      vlan: input.vlan === undefined ? null : requireStorageVlan(input.vlan),
      data_center_id: pod.data_center_id,
      pod_id: pod.id,
      created: now,
    })
    return (await storageRangeViews(tx, [row]))[0] ?? {}
  },
})
