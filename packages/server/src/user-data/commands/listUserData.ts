import { listUserData } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { listUserDataRows, userDataViews } from '../user-data.repository.ts'

export const handler = defineHandler(listUserData, {
  async list({ db, input, entities, page, scope }) {
    const { name, keyword } = input
    const { count, rows } = await listUserDataRows(db, { scope, id: entities.id?.id, name, keyword }, page)
    return { count, items: await userDataViews(db, rows) }
  },
})
