import { listPhysicalNetworks } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { listPhysicalNetworkRows } from '../physical-network.repository.ts'
import { physicalNetworkViews } from '../physical-network.view.ts'

export const handler = defineHandler(listPhysicalNetworks, {
  async list({ db, input, entities, page }) {
    const { count, rows } = await listPhysicalNetworkRows(
      db,
      {
        ...(entities.id === undefined ? {} : { id: entities.id.id }),
        ...(entities.zoneid === undefined ? {} : { zoneId: entities.zoneid.id }),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
      },
      page,
    )
    return { count, items: await physicalNetworkViews(db, rows) }
  },
})
