import { updateNetworkServiceProvider } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { updateProviderRow } from '../network-provider.repository.ts'
import { requireServices } from '../network-provider.service.ts'
import { providerView } from '../network-provider.view.ts'

const states = ['Enabled', 'Disabled', 'Shutdown'] as const

export const handler = defineHandler(updateNetworkServiceProvider, {
  eventText: ({ entities }) => `updating provider ${entities.id.provider_name}`,
  async change({ tx, input, entities }) {
    const provider = entities.id
    const services = requireServices(provider.provider_name, input.servicelist)
    const state = states.find((known) => known.toLowerCase() === input.state?.toLowerCase())
    await updateProviderRow(tx, provider.id, {
      state: state ?? provider.state,
      services: services?.join(',') ?? provider.services,
    })
    return await providerView(tx, provider.id)
  },
})
