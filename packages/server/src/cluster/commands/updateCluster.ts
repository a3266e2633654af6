import { updateCluster } from '@altostack/api'
import { infrastructureFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { allocationState } from '../../zone/index.ts'
import { findCluster, hostsOfCluster, updateClusterRow } from '../cluster.repository.ts'
import {
  requireArchitecture,
  requireClusterType,
  requireFreeClusterName,
  requireHypervisor,
} from '../cluster.service.ts'
import { clusterViews } from '../cluster.view.ts'

export const handler = defineHandler(updateCluster, {
  eventText: ({ entities }) => `updating cluster ${entities.id.name}`,
  async change({ tx, input, entities }) {
    const cluster = entities.id
    const hosts = await hostsOfCluster(tx, cluster.id)
    if (input.clustername !== undefined) {
      await requireFreeClusterName(tx, cluster.pod_id, input.clustername, cluster.id)
    }
    const hypervisor = input.hypervisor === undefined ? cluster.hypervisor_type : requireHypervisor(input.hypervisor)
    if (hypervisor !== cluster.hypervisor_type && hosts.length > 0) {
      throw infrastructureFailure(
        'cluster.hypervisor-in-use',
        `Cluster ${cluster.name} has ${hosts.length} ${cluster.hypervisor_type} hosts and cannot become ${hypervisor}`,
        { entities: hosts.map((host) => ({ uuid: host.uuid, description: 'host' })) },
      )
    }
    if (input.clustertype !== undefined) requireClusterType(input.clustertype)
    const arch = input.arch === undefined ? cluster.arch : requireArchitecture(input.arch)
    const others = hosts.filter((host) => host.arch !== arch)
    if (others.length > 0) {
      throw infrastructureFailure(
        'cluster.hypervisor-in-use',
        `Cluster ${cluster.name} cannot become ${arch}: it has hosts of ${[...new Set(others.map((host) => host.arch))].join(', ')}`,
        { entities: others.map((host) => ({ uuid: host.uuid, description: 'host' })) },
      )
    }
    await updateClusterRow(tx, cluster.id, {
      name: input.clustername ?? cluster.name,
      hypervisor_type: hypervisor,
      arch,
      allocation_state:
        input.allocationstate === undefined ? cluster.allocation_state : allocationState(input.allocationstate),
    })
    const updated = await findCluster(tx, cluster.id)
    return (await clusterViews(tx, updated ? [updated] : []))[0] ?? {}
  },
})
