import { updatePhysicalNetwork } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { isolationOf } from '../broadcast-uri.ts'
import { findPhysicalNetwork, updatePhysicalNetworkRow } from '../physical-network.repository.ts'
import { requireSpeed, requireUnusedOutside, requireVlanRanges } from '../physical-network.service.ts'
import { physicalNetworkViews } from '../physical-network.view.ts'

const states = ['Enabled', 'Disabled'] as const

export const handler = defineHandler(updatePhysicalNetwork, {
  eventText: ({ entities }) => `updating physical network ${entities.id.name}`,
  async change({ tx, input, entities }) {
    const network = entities.id
    const state = states.find((known) => known.toLowerCase() === (input.state ?? network.state).toLowerCase())
    if (!state) throw apiFailure('api.parameter', `state is Enabled or Disabled, not ${input.state}`)
    const vnet =
      input.vlan === undefined
        ? network.vnet
        : input.vlan === ''
          ? null
          : requireVlanRanges(input.vlan, isolationOf(network))
    await requireUnusedOutside(tx, network, vnet)
    await updatePhysicalNetworkRow(tx, network.id, {
      state,
      speed: input.networkspeed === undefined ? network.speed : requireSpeed(input.networkspeed),
      vnet,
      tags: input.tags === undefined ? network.tags : input.tags.join(','),
    })
    const updated = await findPhysicalNetwork(tx, network.id)
    return (await physicalNetworkViews(tx, updated ? [updated] : []))[0] ?? {}
  },
})
