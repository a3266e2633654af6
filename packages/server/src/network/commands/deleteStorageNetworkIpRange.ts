import { deleteStorageNetworkIpRange } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { deleteStorageRange } from '../storage-range.repository.ts'

export const handler = defineHandler(deleteStorageNetworkIpRange, {
  eventText: ({ entities }) => `deleting storage addresses ${entities.id.start_ip}-${entities.id.end_ip}`,
  async change({ tx, entities }) {
    await deleteStorageRange(tx, entities.id.id)
  },
})
