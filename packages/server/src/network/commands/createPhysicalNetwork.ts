import { createPhysicalNetwork } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { addDefaultProviders } from '../network-provider.repository.ts'
import { findPhysicalNetwork, insertPhysicalNetwork } from '../physical-network.repository.ts'
import {
  requireFreePhysicalNetworkName,
  requireIsolation,
  requireSpeed,
  requireVlanRanges,
} from '../physical-network.service.ts'
import { physicalNetworkViews } from '../physical-network.view.ts'

export const handler = defineHandler(createPhysicalNetwork, {
  eventText: ({ input }) => `creating physical network ${input.name}`,
  async change({ tx, ctx, input, entities, now }) {
    const zone = entities.zoneid
    await requireFreePhysicalNetworkName(tx, zone.id, input.name)
    const range = (input.broadcastdomainrange ?? 'ZONE').toUpperCase()
    if (range !== 'ZONE' && range !== 'POD') {
      throw apiFailure('api.parameter', `broadcastdomainrange is ZONE or POD, not ${range}`, { seen: range })
    }
    const isolation = requireIsolation(input.isolationmethods)
    const id = await insertPhysicalNetwork(tx, {
      uuid: ctx.runtime.uuid(),
      data_center_id: zone.id,
      name: input.name,
      vnet: input.vlan === undefined || input.vlan === '' ? null : requireVlanRanges(input.vlan, isolation),
      speed: input.networkspeed === undefined ? null : requireSpeed(input.networkspeed),
      domain_id: null,
      broadcast_domain_range: range,
      isolation_methods: isolation,
      tags: input.tags?.join(',') ?? null,
      created: now,
    })
    await addDefaultProviders(tx, ctx, id)
    const network = await findPhysicalNetwork(tx, id)
    return (await physicalNetworkViews(tx, network ? [network] : []))[0] ?? {}
  },
})
