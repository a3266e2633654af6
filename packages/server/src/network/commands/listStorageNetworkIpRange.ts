import { listStorageNetworkIpRange } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { listStorageRangeRows } from '../storage-range.repository.ts'
import { storageRangeViews } from '../storage-range.view.ts'

export const handler = defineHandler(listStorageNetworkIpRange, {
  async list({ db, input, entities, page }) {
    const { count, rows } = await listStorageRangeRows(
      db,
      {
        ...(entities.id === undefined ? {} : { id: entities.id.id }),
        ...(entities.podid === undefined ? {} : { podId: entities.podid.id }),
        ...(entities.zoneid === undefined ? {} : { zoneId: entities.zoneid.id }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
      },
      page,
    )
    return { count, items: await storageRangeViews(db, rows) }
  },
})
