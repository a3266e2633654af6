import { listTrafficTypes } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { trafficTypesOf } from '../physical-network.repository.ts'
import { trafficTypeView } from '../physical-network.view.ts'

export const handler = defineHandler(listTrafficTypes, {
  async list({ db, input, entities, page }) {
    const network = entities.physicalnetworkid
    const keyword = input.keyword?.toLowerCase() ?? ''
    const types = (await trafficTypesOf(db, network.id)).filter((type) =>
      type.traffic_type.toLowerCase().includes(keyword),
    )
    return {
      count: types.length,
      items: types.slice(page.offset, page.offset + page.limit).map((type) => trafficTypeView(type, network.uuid)),
    }
  },
})
