import { listAsyncJobs } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { jobOwners, jobTexts, listJobs } from '../job.repository.ts'
import { jobView } from '../job.view.ts'

export const handler = defineHandler(listAsyncJobs, {
  list: async ({ ctx, db, input, scope, page }) => {
    const { count, rows } = await listJobs(
      db,
      scope,
      {
        startDate: input.startdate,
        instanceType: input.resourcetype,
        instanceUuid: input.resourceid,
        keyword: input.keyword,
      },
      page,
    )
    const owners = await jobOwners(db, rows)
    const texts = await jobTexts(db, rows)
    const items = []
    for (const row of rows) {
      items.push(await jobView(ctx, db, row, owners.get(row.user_id), { text: texts.get(row.start_event_id) }))
    }
    return { count, items }
  },
})
