import { deleteInstanceGroup } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { deleteInstanceGroupRow } from '../instance-group.repository.ts'

export const handler = defineHandler(deleteInstanceGroup, {
  async change({ tx, entities }) {
    await deleteInstanceGroupRow(tx, entities.id)
  },
  eventText: ({ entities }) => `deleting instance group ${entities.id.name}`,
})
