import { listClusters } from '@altostack/api'
import { withCapacity } from '../../capacity/index.ts'
import { defineHandler } from '../../command/handler.ts'
import { listClusterRows } from '../cluster.repository.ts'
import { clusterViews } from '../cluster.view.ts'

export const handler = defineHandler(listClusters, {
  async list({ ctx, db, input, entities, page }) {
    const { count, rows } = await listClusterRows(
      db,
      {
        ...(entities.id === undefined ? {} : { id: entities.id.id }),
        ...(entities.zoneid === undefined ? {} : { zoneId: entities.zoneid.id }),
        ...(entities.podid === undefined ? {} : { podId: entities.podid.id }),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
        ...(input.hypervisor === undefined ? {} : { hypervisor: input.hypervisor }),
        ...(input.clustertype === undefined ? {} : { clusterType: input.clustertype }),
        ...(input.allocationstate === undefined ? {} : { allocationState: input.allocationstate }),
        ...(input.managedstate === undefined ? {} : { managedState: input.managedstate }),
        ...(input.arch === undefined ? {} : { arch: input.arch }),
      },
      page,
    )
    const items = await clusterViews(db, rows)
    return { count, items: input.showcapacities ? await withCapacity(ctx, db, 'cluster', rows, items) : items }
  },
})
