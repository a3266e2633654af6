import { addCluster } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { allocationState } from '../../zone/index.ts'
import { findCluster } from '../cluster.repository.ts'
import { createCluster, requireArchitecture, requireClusterType, requireHypervisor } from '../cluster.service.ts'
import { clusterViews } from '../cluster.view.ts'

export const handler = defineHandler(addCluster, {
  eventText: ({ input }) => `adding cluster ${input.clustername}`,
  async change({ tx, ctx, caller, input, entities, now }) {
    const zone = entities.zoneid
    if (zone.allocation_state === 'Disabled' && !isRootAdmin(caller)) {
      throw apiFailure('api.permission', `Zone ${zone.name} is disabled`)
    }
    requireClusterType(input.clustertype)
    const id = await createCluster(tx, ctx, {
      name: input.clustername,
      zone,
      pod: entities.podid,
      hypervisor: requireHypervisor(input.hypervisor),
      arch: requireArchitecture(input.arch ?? 'x86_64'),
      allocationState: allocationState(input.allocationstate ?? 'Enabled'),
      now,
    })
    const cluster = await findCluster(tx, id)
    return (await clusterViews(tx, cluster ? [cluster] : []))[0] ?? {}
  },
})
