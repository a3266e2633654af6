import { deleteCluster } from '@altostack/api'
import { infrastructureFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { hostsOfCluster, poolsOfCluster, updateClusterRow } from '../cluster.repository.ts'

export const handler = defineHandler(deleteCluster, {
  eventText: ({ entities }) => `deleting cluster ${entities.id.name}`,
  async change({ tx, entities, now }) {
    const cluster = entities.id
    const hosts = await hostsOfCluster(tx, cluster.id)
    if (hosts.length > 0) {
      throw infrastructureFailure(
        'infrastructure.not-empty',
        `Cluster ${cluster.name} cannot be deleted: it still has hosts (${hosts.map((host) => host.name).join(', ')})`,
        { entities: hosts.map((host) => ({ uuid: host.uuid, description: 'host' })) },
      )
    }
    const pools = await poolsOfCluster(tx, cluster.id)
    if (pools.length > 0) {
      throw infrastructureFailure(
        'infrastructure.not-empty',
        `Cluster ${cluster.name} cannot be deleted: it still has storage pools (${pools.map((pool) => pool.name).join(', ')})`,
        { entities: pools.map((pool) => ({ uuid: pool.uuid, description: 'storage pool' })) },
      )
    }
    await updateClusterRow(tx, cluster.id, { removed: now })
  },
})
