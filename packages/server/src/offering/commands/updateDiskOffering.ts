import { updateDiskOffering } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { retuneVolumes } from '../../volume/index.ts'
import {
  findDiskOffering,
  poolsOfDiskOffering,
  replaceDiskOfferingDetails,
  updateDiskOfferingColumns,
} from '../disk-offering.repository.ts'
import { diskOfferingViews } from '../disk-offering.view.ts'
import { rateColumns } from '../io-limits.ts'
import { offeredDomains, offeredZones, requirePoolsCarry } from '../offered-to.ts'

export const handler = defineHandler(updateDiskOffering, {
  eventText: ({ entities }) => `updating disk offering ${entities.id.name}`,
  async change({ ctx, tx, caller, input, entities }) {
    const { id: offering } = entities
    const rates = rateColumns(input, offering)
    const set = {
      ...(input.name === undefined ? {} : { name: input.name }),
      ...(input.displaytext === undefined ? {} : { display_text: input.displaytext }),
      ...(input.sortkey === undefined ? {} : { sort_key: input.sortkey }),
      ...(input.displayoffering === undefined ? {} : { display_offering: input.displayoffering ? 1 : 0 }),
      ...(input.state === undefined ? {} : { state: input.state.toLowerCase() === 'active' ? 'Active' : 'Inactive' }),
      ...(input.tags === undefined ? {} : { tags: input.tags === '' ? null : input.tags }),
      ...rates,
    }
    if (input.tags !== undefined) await requirePoolsCarry(tx, await poolsOfDiskOffering(tx, offering.id), input.tags)
    await updateDiskOfferingColumns(tx, offering.id, set)
    if (input.domainid !== undefined) {
      const domains = await offeredDomains(tx, caller, input.domainid)
      await replaceDiskOfferingDetails(tx, offering.id, 'domainid', domains)
    }
    if (input.zoneid !== undefined) {
      await replaceDiskOfferingDetails(tx, offering.id, 'zoneid', await offeredZones(tx, caller, input.zoneid))
    }
    if (Object.keys(rates).length > 0) await retuneVolumes(tx, ctx, offering.id)
    const row = await findDiskOffering(tx, offering.id)
    return (await diskOfferingViews(tx, row ? [row] : []))[0] ?? {}
  },
})
