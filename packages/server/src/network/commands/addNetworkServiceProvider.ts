import { addNetworkServiceProvider } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { insertProvider } from '../network-provider.repository.ts'
import { requireKnownProvider, requireNoSuchProvider, requireServices } from '../network-provider.service.ts'
import { providerView } from '../network-provider.view.ts'

export const handler = defineHandler(addNetworkServiceProvider, {
  eventText: ({ input, entities }) => `adding provider ${input.name} to ${entities.physicalnetworkid.name}`,
  async change({ tx, ctx, input, entities }) {
    const network = entities.physicalnetworkid
    const { name } = requireKnownProvider(input.name)
    await requireNoSuchProvider(tx, network.id, name)
    const services = requireServices(name, input.servicelist)
    const added = await insertProvider(tx, ctx, network.id, name, {
      ...(services === undefined ? {} : { services }),
      ...(entities.destinationphysicalnetworkid === undefined
        ? {}
        : { destinationId: entities.destinationphysicalnetworkid.id }),
    })
    return await providerView(tx, added.id)
  },
})
