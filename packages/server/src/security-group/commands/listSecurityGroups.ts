import { listSecurityGroups } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { listGroupRows } from '../security-group.repository.ts'
import { groupViews } from '../security-group.view.ts'

export const handler = defineHandler(listSecurityGroups, {
  async list({ db, input, entities, page, scope }) {
    if ((input.tags?.length ?? 0) > 0) return { count: 0, items: [] }
    const filter = {
      scope,
      id: entities.id?.id,
      name: input.securitygroupname,
      vmId: entities.virtualmachineid?.id,
      keyword: input.keyword,
    }
    const { count, rows } = await listGroupRows(db, filter, page)
    return { count, items: await groupViews(db, rows) }
  },
})
