import { updateNetworkOffering } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import {
  findNetworkOffering,
  replaceOfferingDetails,
  requireFreeOfferingName,
  updateNetworkOfferingRow,
} from '../network-offering.repository.ts'
import { limitedTo } from '../network-offering.service.ts'
import { networkOfferingViews } from '../network-offering.view.ts'

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase()

export const handler = defineHandler(updateNetworkOffering, {
  eventText: ({ entities }) => `updating network offering ${entities.id.name}`,
  async change({ tx, input, entities }) {
    const offering = entities.id
    if (input.name !== undefined && input.name !== offering.name) await requireFreeOfferingName(tx, input.name)
    await updateNetworkOfferingRow(tx, offering.id, {
      name: input.name ?? offering.name,
      display_text: input.displaytext ?? offering.display_text,
      availability: input.availability === undefined ? offering.availability : capital(input.availability),
      sort_key: input.sortkey ?? offering.sort_key,
      state: input.state === undefined ? offering.state : capital(input.state),
      tags: input.tags === undefined ? offering.tags : input.tags === '' ? null : input.tags,
    })
    if (input.domainid !== undefined) {
      const ids = await limitedTo(tx, 'domainid', input.domainid)
      await replaceOfferingDetails(tx, offering.id, 'domainid', ids.map(String))
    }
    if (input.zoneid !== undefined) {
      const ids = await limitedTo(tx, 'zoneid', input.zoneid)
      await replaceOfferingDetails(tx, offering.id, 'zoneid', ids.map(String))
    }
    const updated = await findNetworkOffering(tx, offering.id)
    return (await networkOfferingViews(tx, updated ? [updated] : []))[0] ?? {}
  },
})
