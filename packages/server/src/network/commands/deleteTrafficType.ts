import { deleteTrafficType } from '@altostack/api'
import { infrastructureFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { deleteTrafficTypeRow, usersOfPhysicalNetwork } from '../physical-network.repository.ts'

export const handler = defineHandler(deleteTrafficType, {
  eventText: ({ entities }) => `deleting traffic type ${entities.id.traffic_type}`,
  async change({ tx, entities }) {
    const type = entities.id
    const kind = { Guest: 'network', Public: 'public address range' }[type.traffic_type]
    const users = (await usersOfPhysicalNetwork(tx, type.physical_network_id)).filter((user) => user.kind === kind)
    if (users.length > 0) {
      throw infrastructureFailure(
        'infrastructure.not-empty',
        `${type.traffic_type} traffic cannot be taken away: it is the wire of ${users
          .slice(0, 5)
          .map((user) => user.name)
          .join(', ')}`,
        { entities: users.slice(0, 20).map((user) => ({ uuid: user.uuid, description: user.kind })) },
      )
    }
    await deleteTrafficTypeRow(tx, type.id)
  },
})
