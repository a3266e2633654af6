import { listPods } from '@altostack/api'
import { withCapacity } from '../../capacity/index.ts'
import { defineHandler } from '../../command/handler.ts'
import { allocationState } from '../../zone/index.ts'
import { listPodRows } from '../pod.repository.ts'
import { podViews } from '../pod.view.ts'

export const handler = defineHandler(listPods, {
  async list({ ctx, db, input, entities, page }) {
    const { count, rows } = await listPodRows(
      db,
      {
        ...(entities.id === undefined ? {} : { id: entities.id.id }),
        ...(entities.zoneid === undefined ? {} : { zoneId: entities.zoneid.id }),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
        ...(input.allocationstate === undefined ? {} : { allocationState: allocationState(input.allocationstate) }),
      },
      page,
    )
    const items = await podViews(db, rows)
    return { count, items: input.showcapacities ? await withCapacity(ctx, db, 'pod', rows, items) : items }
  },
})
