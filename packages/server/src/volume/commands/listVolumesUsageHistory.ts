import { listVolumesUsageHistory } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { historyRange, volumeHistory, widestScope } from '../../stats/index.ts'
import { namesOfVolumes, selectVolumePage } from '../volume-list.repository.ts'

export const handler = defineHandler(listVolumesUsageHistory, {
  list: async ({ ctx, db, caller, input, entities, page, now }) => {
    const { from, to } = historyRange({ startdate: input.startdate, enddate: input.enddate }, now)
    const ids = entities.ids?.map((row) => row.id) ?? (entities.id === undefined ? undefined : [entities.id.id])
    const { count, ids: found } = await selectVolumePage(
      db,
      {
        scope: widestScope(caller),
        ...(ids === undefined ? {} : { ids }),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
      },
      page,
    )
    const series = await ctx.stats.history('volume', found, from, to)
    const items = (await namesOfVolumes(db, found)).map((volume) => ({
      id: volume.uuid,
      name: volume.name,
      stats: volumeHistory(series.points.get(volume.id) ?? [], series.stepMs),
    }))
    return { count, items }
  },
})
