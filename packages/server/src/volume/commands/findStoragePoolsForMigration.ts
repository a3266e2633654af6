import { findStoragePoolsForMigration } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { poolsByIds, poolViews } from '../../storage/index.ts'
import { poolsForMigration } from '../pools-for-migration.ts'

export const handler = defineHandler(findStoragePoolsForMigration, {
  list: async ({ ctx, db, input, entities, page }) => {
    const keyword = input.keyword?.toLowerCase()
    const judged = (await poolsForMigration(db, ctx, entities.id)).filter(
      ({ pool }) => keyword === undefined || pool.name.toLowerCase().includes(keyword),
    )
    const items = judged.slice(page.offset, page.offset + page.limit)
    const rows = await poolsByIds(
      db,
      items.map(({ pool }) => pool.id),
    )
    const views = new Map((await poolViews(db, ctx, rows)).map((view) => [view.id, view]))
    return {
      count: judged.length,
      items: items.flatMap(({ pool, refusal }) => {
        const view = views.get(pool.uuid)
        if (view === undefined) return []
        return [
          {
            ...view,
            suitableformigration: refusal === undefined,
            refusals: refusal === undefined ? [] : [`${pool.name} ${refusal}`],
          },
        ]
      }),
    }
  },
})
