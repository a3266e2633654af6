import { listInternalLoadBalancerElements } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { listElementRows } from '../network-provider.repository.ts'
import { elementViews } from '../network-provider.view.ts'

export const handler = defineHandler(listInternalLoadBalancerElements, {
  async list({ db, input, entities, page }) {
    const { count, rows } = await listElementRows(
      db,
      'balancer',
      {
        ...(entities.id === undefined ? {} : { id: entities.id.id }),
        ...(entities.nspid === undefined ? {} : { nspId: entities.nspid.id }),
        ...(input.enabled === undefined ? {} : { enabled: input.enabled }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
      },
      page,
    )
    return { count, items: await elementViews(db, rows) }
  },
})
