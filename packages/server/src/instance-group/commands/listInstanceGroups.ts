import { listInstanceGroups } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { listInstanceGroupRows } from '../instance-group.repository.ts'
import { instanceGroupViews } from '../instance-group.view.ts'

export const handler = defineHandler(listInstanceGroups, {
  async list({ db, input, entities, page, scope }) {
    const filter = { scope, id: entities.id?.id, name: input.name, keyword: input.keyword }
    const { count, rows } = await listInstanceGroupRows(db, filter, page)
    return { count, items: await instanceGroupViews(db, rows) }
  },
})
