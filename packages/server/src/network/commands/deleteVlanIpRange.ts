import { deleteVlanIpRange } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { removeRange } from '../ip-range.repository.ts'
import { requireUnusedRange } from '../ip-range.service.ts'

export const handler = defineHandler(deleteVlanIpRange, {
  eventText: ({ entities }) => `deleting addresses ${entities.id.description}`,
  async change({ tx, entities, now }) {
    await requireUnusedRange(tx, entities.id, 'deleted')
    await removeRange(tx, entities.id.id, now)
  },
})
