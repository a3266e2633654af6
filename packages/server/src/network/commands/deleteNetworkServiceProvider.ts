import { deleteNetworkServiceProvider } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { removeProvider } from '../network-provider.repository.ts'

export const handler = defineHandler(deleteNetworkServiceProvider, {
  eventText: ({ entities }) => `deleting provider ${entities.id.provider_name}`,
  async change({ tx, entities, now }) {
    await removeProvider(tx, entities.id.id, now)
  },
})
