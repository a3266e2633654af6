import { listUnmanagedInstances } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { findUnmanaged } from '../unmanaged.service.ts'
import { unmanagedViews } from '../unmanaged.view.ts'

export const handler = defineHandler(listUnmanagedInstances, {
  list: async ({ ctx, db, input, entities, page, signal }) => {
    const keyword = input.keyword?.toLowerCase()
    const found = (await findUnmanaged(ctx, db, entities.clusterid.id, input.name, signal)).filter(
      ({ guest }) => keyword === undefined || guest.name.toLowerCase().includes(keyword),
    )
    const items = found.slice(page.offset, page.offset + page.limit)
    return { count: found.length, items: await unmanagedViews(db, entities.clusterid, items) }
  },
})
