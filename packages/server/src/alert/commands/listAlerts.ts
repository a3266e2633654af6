import { listAlerts } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'

export const handler = defineHandler(listAlerts, {
  list: async ({ db, input, page }) => {
    let query = db.selectFrom('alert').where('archived', '=', 0)
    if (input.id !== undefined) query = query.where('uuid', '=', input.id)
    if (input.name !== undefined) query = query.where('name', '=', input.name)
    if (input.type !== undefined && !/^\d{1,5}$/.test(input.type)) {
      throw apiFailure('api.parameter', 'type is the number of an alert type, e.g. 7')
    }
    if (input.type !== undefined) query = query.where('type', '=', Number(input.type))
    if (input.keyword !== undefined) query = query.where('subject', 'like', `%${input.keyword}%`)
    const { n } = await query.select((e) => e.fn.countAll().as('n')).executeTakeFirstOrThrow()
    const rows = await query.selectAll().orderBy('id', 'desc').offset(page.offset).limit(page.limit).execute()
    return {
      count: Number(n),
      items: rows.map((row) => ({
        id: row.uuid,
        type: row.type,
        name: row.name,
        description: row.subject,
        sent: row.last_sent,
      })),
    }
  },
})
