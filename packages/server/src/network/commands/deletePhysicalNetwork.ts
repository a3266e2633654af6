import { deletePhysicalNetwork } from '@altostack/api'
import { infrastructureFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { usersOfPhysicalNetwork } from '../physical-network.repository.ts'
import { removePhysicalNetwork } from '../physical-network.service.ts'

export const handler = defineHandler(deletePhysicalNetwork, {
  eventText: ({ entities }) => `deleting physical network ${entities.id.name}`,
  async change({ tx, entities, now }) {
    const network = entities.id
    const users = await usersOfPhysicalNetwork(tx, network.id)
    if (users.length > 0) {
      throw infrastructureFailure(
        'infrastructure.not-empty',
        `Physical network ${network.name} cannot be deleted: it carries ${users
          .slice(0, 5)
          .map((user) => user.name)
          .join(', ')}`,
        { entities: users.slice(0, 20).map((user) => ({ uuid: user.uuid, description: user.kind })) },
      )
    }
    await removePhysicalNetwork(tx, network.id, now)
  },
})
