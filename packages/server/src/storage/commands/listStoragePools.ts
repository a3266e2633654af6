import { listStoragePools } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { listPoolRows, type PoolFilter } from '../pool.repository.ts'
import { poolViews } from '../pool.view.ts'

export const handler = defineHandler(listStoragePools, {
  async list({ db, ctx, input, entities, page }) {
    const filter: PoolFilter = {
      ...(entities.id === undefined ? {} : { id: entities.id.id }),
      ...(entities.zoneid === undefined ? {} : { zoneId: entities.zoneid.id }),
      ...(entities.podid === undefined ? {} : { podId: entities.podid.id }),
      ...(entities.clusterid === undefined ? {} : { clusterId: entities.clusterid.id }),
      ...(entities.hostid === undefined ? {} : { hostId: entities.hostid.id }),
      ...(input.name === undefined ? {} : { name: input.name }),
      ...(input.path === undefined ? {} : { path: input.path }),
      ...(input.ipaddress === undefined ? {} : { address: input.ipaddress }),
      ...(input.scope === undefined ? {} : { scope: input.scope.toUpperCase() }),
      ...(input.status === undefined ? {} : { status: input.status }),
      ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
    }
    const { count, rows } = await listPoolRows(db, filter, page)
    return { count, items: await poolViews(db, ctx, rows) }
  },
})
