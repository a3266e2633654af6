import { deleteNetworkOffering } from '@altostack/api'
import { infrastructureFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { networksOfOffering, updateNetworkOfferingRow } from '../network-offering.repository.ts'

export const handler = defineHandler(deleteNetworkOffering, {
  eventText: ({ entities }) => `deleting network offering ${entities.id.name}`,
  async change({ tx, entities, now }) {
    const offering = entities.id
    if (offering.is_default === 1) {
      throw infrastructureFailure('network.offering-mismatch', `${offering.name} is a default offering: it stays`, {
        fix: 'Disable it with updateNetworkOffering.',
      })
    }
    const networks = await networksOfOffering(tx, offering.id)
    if (networks.length > 0) {
      throw infrastructureFailure(
        'infrastructure.not-empty',
        `Network offering ${offering.name} cannot be deleted: ${networks.length} networks have it (${networks
          .slice(0, 5)
          .map((network) => network.name)
          .join(', ')})`,
        {
          fix: 'Disable it with updateNetworkOffering, or change its networks to another one.',
          entities: networks.slice(0, 20).map((network) => ({ uuid: network.uuid, description: 'network' })),
        },
      )
    }
    await updateNetworkOfferingRow(tx, offering.id, { removed: now })
  },
})
