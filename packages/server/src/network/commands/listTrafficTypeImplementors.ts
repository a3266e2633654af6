import { listTrafficTypeImplementors } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { requireTrafficType, trafficTypes } from '../physical-network.service.ts'

/** Bridges of the hosts carry every kind; CloudStack names a class of its own for each. */
const implementors = {
  Public: 'PublicNetworkGuru',
  Guest: 'ExternalGuestNetworkGuru',
  Storage: 'StorageNetworkGuru',
  Management: 'PodBasedNetworkGuru',
} as const satisfies Record<(typeof trafficTypes)[number], string>

export const handler = defineHandler(listTrafficTypeImplementors, {
  async list({ input, page }) {
    const wanted = input.traffictype === undefined ? undefined : requireTrafficType(input.traffictype)
    const keyword = input.keyword?.toLowerCase() ?? ''
    const found = trafficTypes.filter(
      (type) => (wanted === undefined || type === wanted) && type.toLowerCase().includes(keyword),
    )
    return {
      count: found.length,
      items: found
        .slice(page.offset, page.offset + page.limit)
        .map((type) => ({ traffictype: type, traffictypeimplementor: implementors[type] })),
    }
  },
})
