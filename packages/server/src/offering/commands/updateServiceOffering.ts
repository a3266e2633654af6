import { updateServiceOffering } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { updateDiskOfferingColumns } from '../disk-offering.repository.ts'
import { offeredDomains, offeredZones, requirePoolsCarry } from '../offered-to.ts'
import { requireTenantOffering } from '../requires.ts'
import {
  findServiceOffering,
  poolsOfServiceOffering,
  replaceServiceOfferingDetails,
  updateServiceOfferingColumns,
} from '../service-offering.repository.ts'
import { serviceOfferingViews } from '../service-offering.view.ts'

export const handler = defineHandler(updateServiceOffering, {
  eventText: ({ entities }) => `updating service offering ${entities.id.name}`,
  async change({ tx, caller, input, entities }) {
    const { id: offering } = entities
    requireTenantOffering(offering)
    await updateServiceOfferingColumns(tx, offering.id, {
      ...(input.name === undefined ? {} : { name: input.name }),
      ...(input.displaytext === undefined ? {} : { display_text: input.displaytext }),
      ...(input.sortkey === undefined ? {} : { sort_key: input.sortkey }),
      ...(input.hosttags === undefined ? {} : { host_tag: input.hosttags === '' ? null : input.hosttags }),
      ...(input.state === undefined ? {} : { state: input.state.toLowerCase() === 'active' ? 'Active' : 'Inactive' }),
    })
    if (input.storagetags !== undefined && offering.disk_offering_id !== null) {
      await requirePoolsCarry(tx, await poolsOfServiceOffering(tx, offering.id), input.storagetags)
      const tags = input.storagetags === '' ? null : input.storagetags
      await updateDiskOfferingColumns(tx, offering.disk_offering_id, { tags })
    }
    if (input.domainid !== undefined) {
      const domains = await offeredDomains(tx, caller, input.domainid)
      await replaceServiceOfferingDetails(tx, offering.id, 'domainid', domains)
    }
    if (input.zoneid !== undefined) {
      await replaceServiceOfferingDetails(tx, offering.id, 'zoneid', await offeredZones(tx, caller, input.zoneid))
    }
    const row = await findServiceOffering(tx, offering.id)
    return (await serviceOfferingViews(tx, row ? [row] : []))[0] ?? {}
  },
})
