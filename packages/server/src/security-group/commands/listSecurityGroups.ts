import { listSecurityGroups } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { tagPairs } from '../../tag/index.ts'
import { listGroupRows } from '../security-group.repository.ts'
import { groupViews } from '../security-group.view.ts'

export const handler = defineHandler(listSecurityGroups, {
  async list({ db, input, entities, page, scope }) {
    const filter = {
      scope,
      id: entities.id?.id,
      name: input.securitygroupname,
      vmId: entities.virtualmachineid?.id,
      keyword: input.keyword,
      tags: tagPairs(input.tags),
    }
    const { count, rows } = await listGroupRows(db, filter, page)
    return { count, items: await groupViews(db, rows) }
  },
})
