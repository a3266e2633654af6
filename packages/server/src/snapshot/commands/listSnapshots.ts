import { listSnapshots } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { refTo } from '../../image-store/index.ts'
import { tagPairs } from '../../tag/index.ts'
import { snapshotRowViews } from '../snapshot.view.ts'
import { selectSnapshots } from '../snapshot-list.repository.ts'

export const handler = defineHandler(listSnapshots, {
  list: async ({ db, input, entities, page, scope }) => {
    const { count, rows } = await selectSnapshots(
      db,
      {
        scope,
        ids: entities.ids?.map((row) => row.id) ?? (entities.id === undefined ? undefined : [entities.id.id]),
        name: input.name,
        keyword: input.keyword,
        volumeId: entities.volumeid?.id,
        zoneId: entities.zoneid?.id,
        poolId: entities.storageid?.id,
        storeId: entities.imagestoreid === undefined ? undefined : refTo(entities.imagestoreid),
        interval: input.intervaltype?.toUpperCase(),
        recurring: input.snapshottype === undefined ? undefined : input.snapshottype.toUpperCase() === 'RECURRING',
        location: input.locationtype?.toUpperCase(),
        tags: tagPairs(input.tags),
      },
      page,
    )
    return { count, items: await snapshotRowViews(db, rows) }
  },
})
