import { updateStorageNetworkIpRange } from '@altostack/api'
import { Bug } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { findPod } from '../../pod/index.ts'
import { requireStorageRange, requireStorageVlan, updateStorageRange } from '../storage-range.repository.ts'
import { storageRangeViews } from '../storage-range.view.ts'

export const handler = defineHandler(updateStorageNetworkIpRange, {
  eventText: ({ entities }) => `updating storage addresses ${entities.id.start_ip}-${entities.id.end_ip}`,
  async change({ tx, input, entities }) {
    const range = entities.id
    const pod = await findPod(tx, range.pod_id)
    if (pod === undefined) throw new Bug('a storage range names a pod that is not there', { range: range.uuid })
    const startip = input.startip ?? range.start_ip
    // A new start alone makes a range of one, as at its creation.
    const endip = input.endip ?? (input.startip === undefined ? range.end_ip : input.startip)
    const netmask = input.netmask ?? range.netmask
    await requireStorageRange(tx, pod, { gateway: range.gateway ?? '', netmask, startip, endip }, range.id)
    const row = await updateStorageRange(tx, range.id, {
      start_ip: startip,
      end_ip: endip,
      netmask,
      vlan: input.vlan === undefined ? range.vlan : requireStorageVlan(input.vlan),
    })
    return (await storageRangeViews(tx, [row]))[0] ?? {}
  },
})
