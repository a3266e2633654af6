import { releaseDedicatedGuestVlanRange } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { deleteDedicatedRange } from '../dedicated-range.repository.ts'

export const handler = defineHandler(releaseDedicatedGuestVlanRange, {
  eventText: ({ entities }) => `releasing dedicated range ${entities.id.first}-${entities.id.last}`,
  async change({ tx, entities }) {
    await deleteDedicatedRange(tx, entities.id.id)
  },
})
