import { listNetworkServiceProviders } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { listProviderRows } from '../network-provider.repository.ts'
import { providerViews } from '../network-provider.view.ts'

export const handler = defineHandler(listNetworkServiceProviders, {
  async list({ db, input, entities, page }) {
    const { count, rows } = await listProviderRows(
      db,
      {
        ...(entities.physicalnetworkid === undefined ? {} : { physicalNetworkId: entities.physicalnetworkid.id }),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.state === undefined ? {} : { state: input.state }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
      },
      page,
    )
    return { count, items: await providerViews(db, rows) }
  },
})
