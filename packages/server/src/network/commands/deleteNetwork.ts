import { deleteNetwork } from '@altostack/api'
import { infrastructureFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { removeRanges } from '../ip-range.repository.ts'
import { usersOfNetwork } from '../network.repository.ts'
import { moveNetwork } from '../network.states.ts'
import { releaseVnet } from '../vnet.repository.ts'

export const handler = defineHandler(deleteNetwork, {
  eventText: ({ entities }) => `deleting network ${entities.id.name}`,
  // `forced` deletes networks whose providers cannot shut down; these have none, and a NIC in use blocks either way.
  async change({ tx, ctx, entities, now }) {
    const network = entities.id
    const users = await usersOfNetwork(tx, network.id)
    if (users.length > 0) {
      throw infrastructureFailure(
        'infrastructure.not-empty',
        `Network ${network.name} cannot be deleted: ${users.length} virtual machines have a NIC on it (${users
          .slice(0, 5)
          .map((vm) => vm.name)
          .join(', ')})`,
        { entities: users.slice(0, 20).map((vm) => ({ uuid: vm.uuid, description: 'virtual machine' })) },
      )
    }
    await releaseVnet(tx, network)
    await removeRanges(tx, network.id, now)
    await moveNetwork(tx, ctx, network, 'DestroyNetwork', { cause: 'deleteNetwork', set: { removed: now } })
  },
})
