import { createVlanIpRange } from '@altostack/api'
import { apiFailure, formatCidr, infrastructureFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { untagged, uriValue } from '../broadcast-uri.ts'
import { insertIpRange, rangesOfNetwork } from '../ip-range.repository.ts'
import { ipRangeViews } from '../ip-range.view.ts'
import { addressRange, requireFreeRange } from '../network.service.ts'
import { addPublicRange } from '../public-range.ts'

export const handler = defineHandler(createVlanIpRange, {
  eventText: ({ input }) => `adding addresses ${input.startip ?? ''} to ${input.endip ?? input.startip ?? ''}`,
  async change({ tx, ctx, input, entities, now }) {
    const network = entities.networkid
    if (input.forvirtualnetwork === true && network === undefined) {
      const { gateway, netmask, startip, endip, vlan } = input
      const physical = entities.physicalnetworkid
      const asked = { gateway, netmask, startip, endip, vlan }
      return await addPublicRange(tx, ctx, { zone: entities.zoneid, physical, podId: entities.podid?.id }, asked, now)
    }
    if (!network) {
      throw apiFailure(
        'api.parameter',
        'networkid is needed, or forvirtualnetwork=true with zoneid for public addresses',
      )
    }
    if (network.guest_type !== 'Shared') {
      throw infrastructureFailure(
        'network.offering-mismatch',
        `Network ${network.name} is ${network.guest_type}: it gives no addresses`,
      )
    }
    if (entities.zoneid && entities.zoneid.id !== network.data_center_id) {
      throw infrastructureFailure(
        'infrastructure.mismatch',
        `Network ${network.name} is not in zone ${entities.zoneid.name}`,
      )
    }
    if (entities.physicalnetworkid && entities.physicalnetworkid.id !== network.physical_network_id) {
      throw infrastructureFailure(
        'infrastructure.mismatch',
        `Network ${network.name} is not on physical network ${entities.physicalnetworkid.name}`,
      )
    }
    if (input.vlan !== undefined && uriValue(network.broadcast_uri) !== uriValue(input.vlan)) {
      throw infrastructureFailure(
        'network.vlan',
        `Network ${network.name} is on ${network.broadcast_uri ?? untagged}, and vlan=${input.vlan} was given`,
        { fix: 'Leave vlan out: a range has the wire of its network.' },
      )
    }
    const [first] = await rangesOfNetwork(tx, network.id)
    const range = addressRange({
      gateway: input.gateway ?? first?.vlan_gateway ?? undefined,
      netmask: input.netmask ?? first?.vlan_netmask ?? undefined,
      startip: input.startip,
      endip: input.endip,
    })
    if (network.cidr !== null && formatCidr(range.network) !== network.cidr) {
      throw infrastructureFailure(
        'network.address',
        `${formatCidr(range.network)} is not the network's ${network.cidr}`,
      )
    }
    await requireFreeRange(tx, network.id, range)
    const id = await insertIpRange(
      tx,
      ctx,
      {
        uuid: ctx.runtime.uuid(),
        vlan_id: network.broadcast_uri ?? untagged,
        vlan_gateway: range.gateway,
        vlan_netmask: range.netmask,
        description: range.text,
        data_center_id: network.data_center_id,
        network_id: network.id,
        physical_network_id: network.physical_network_id,
        pod_id: entities.podid?.id ?? null,
        created: now,
      },
      range.first,
      range.last,
      network.id,
    )
    const added = (await rangesOfNetwork(tx, network.id)).filter((row) => row.id === id)
    return (await ipRangeViews(tx, added))[0] ?? {}
  },
})
