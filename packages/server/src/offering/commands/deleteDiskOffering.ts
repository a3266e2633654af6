import { deleteDiskOffering } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'

/** Disks keep the row: it is hidden, not gone. */
export const handler = defineHandler(deleteDiskOffering, {
  async change({ ctx, tx, entities }) {
    await tx
      .updateTable('disk_offering')
      .set({ removed: ctx.runtime.now(), state: 'Inactive' })
      .where('id', '=', entities.id.id)
      .execute()
  },
})
