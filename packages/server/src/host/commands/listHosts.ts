import { listHosts } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { findHost } from '../host.repository.ts'
import { hostViews } from '../host.view.ts'
import { type HostFilter, listHostRows } from '../host-list.repository.ts'

export const handler = defineHandler(listHosts, {
  async list({ db, ctx, input, entities, page }) {
    const vm = entities.virtualmachineid
    const vmHost = vm?.host_id === undefined || vm.host_id === null ? undefined : await findHost(db, vm.host_id)
    const filter: HostFilter = {
      ...(entities.id === undefined ? {} : { id: entities.id.id }),
      ...(entities.zoneid === undefined ? {} : { zoneId: entities.zoneid.id }),
      ...(entities.podid === undefined ? {} : { podId: entities.podid.id }),
      ...(entities.clusterid === undefined ? {} : { clusterId: entities.clusterid.id }),
      ...(input.name === undefined ? {} : { name: input.name }),
      ...(input.state === undefined ? {} : { status: input.state }),
      ...(input.type === undefined ? {} : { type: input.type }),
      ...(input.resourcestate === undefined ? {} : { resourceState: input.resourcestate }),
      ...(input.hypervisor === undefined ? {} : { hypervisor: input.hypervisor }),
      ...(input.arch === undefined ? {} : { arch: input.arch }),
      ...(input.version === undefined ? {} : { version: input.version }),
      ...(input.managementserverid === undefined ? {} : { managementServerUuid: input.managementserverid }),
      ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
      // Where a running machine could move to: the other hosts of its cluster.
      ...(vmHost === undefined ? {} : { notHostId: vmHost.id, clusterId: vmHost.cluster_id ?? -1 }),
      // Out-of-band management and spare hosts are off everywhere.
      nothing:
        input.outofbandmanagementenabled === true ||
        input.hahost === true ||
        (input.outofbandmanagementpowerstate !== undefined &&
          input.outofbandmanagementpowerstate.toLowerCase() !== 'unknown'),
    }
    const { count, rows } = await listHostRows(db, filter, page)
    const items = await hostViews(db, ctx, rows, {
      ...(input.details === undefined ? {} : { details: input.details }),
      ...(vm === undefined ? {} : { wanted: { cpu: vm.cpu * vm.speed, memory: vm.ram_size * 1024 * 1024 } }),
    })
    return { count, items }
  },
})
