import type { Demand } from '../placement/index.ts'
import type { DeployRequest } from './deploy-request.ts'
import { tagsOf } from './start-demand.ts'

/** What a VM that is not made yet will ask of a host: for dry runs. */
export function deployDemand(
  request: DeployRequest,
  place: {
    readonly podId?: number | undefined
    readonly clusterId?: number | undefined
    readonly hostId?: number | undefined
  },
): Demand {
  const { template, offering, diskOffering, size } = request
  return {
    vm: { id: 0, uuid: '', name: request.name ?? 'the new virtual machine' },
    zoneId: request.zone.id,
    podId: place.podId,
    clusterId: place.clusterId,
    hostId: place.hostId,
    hypervisor: request.hypervisor,
    arch: template.arch,
    cpus: size.cpu,
    mhz: size.speed,
    memoryBytes: size.ramSize * 1024 * 1024,
    hostTags: [...tagsOf(offering.host_tag), ...tagsOf(template.template_tag)],
    allowDisabled: request.allowDisabled,
    lastHostId: undefined,
    reserved: undefined,
    moving: false,
    movesFrom: undefined,
    avoid: new Map(),
    volumes: [
      {
        id: 0,
        name: 'ROOT',
        bytes: request.rootBytes,
        tags: tagsOf(diskOffering?.tags),
        local: diskOffering?.use_local_storage === 1,
        poolId: undefined,
        template: request.iso ? undefined : { id: template.id, bytes: request.templateFileBytes },
      },
      ...request.dataDisks.map((disk) => ({
        id: 0,
        name: `DATA ${disk.deviceId}`,
        bytes: disk.bytes,
        tags: tagsOf(disk.offering.tags),
        local: disk.offering.use_local_storage === 1,
        poolId: undefined,
        template: undefined,
      })),
    ],
  }
}
