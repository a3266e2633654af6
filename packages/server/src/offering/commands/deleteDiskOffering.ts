import { deleteDiskOffering } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { updateDiskOfferingColumns } from '../disk-offering.repository.ts'

/** Disks keep the row: it is hidden, not gone. */
export const handler = defineHandler(deleteDiskOffering, {
  async change({ ctx, tx, entities }) {
    await updateDiskOfferingColumns(tx, entities.id.id, { removed: ctx.runtime.now(), state: 'Inactive' })
  },
})
