import { listAlerts } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { listAlertRows } from '../alert.repository.ts'

export const handler = defineHandler(listAlerts, {
  list: async ({ db, input, page }) => {
    if (input.type !== undefined && !/^\d{1,5}$/.test(input.type)) {
      throw apiFailure('api.parameter', 'type is the number of an alert type, e.g. 7')
    }
    const { id: uuid, name, keyword } = input
    const type = input.type === undefined ? undefined : Number(input.type)
    const { count, rows } = await listAlertRows(db, { uuid, name, type, keyword }, page)
    return {
      count,
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
