import { deleteServiceOffering } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireTenantOffering } from '../requires.ts'
import { updateServiceOfferingColumns } from '../service-offering.repository.ts'

/** Virtual machines keep the row: it is hidden, not gone. */
export const handler = defineHandler(deleteServiceOffering, {
  eventText: ({ entities }) => `deleting service offering ${entities.id.name}`,
  async change({ ctx, tx, entities }) {
    requireTenantOffering(entities.id)
    await updateServiceOfferingColumns(tx, entities.id.id, { removed: ctx.runtime.now(), state: 'Inactive' })
  },
})
