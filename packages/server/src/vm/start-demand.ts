import type { Queries } from '../db/database.ts'
import { lostNetworks } from '../network/index.ts'
import type { Demand, MovesFrom, VolumeDemand } from '../placement/index.ts'
import { volumesOfVm } from '../volume/index.ts'
import type { VirtualMachine } from './vm.states.ts'
import { claimOf } from './vm-claims.ts'

export type PlaceOptions = {
  readonly podId?: number | undefined
  readonly clusterId?: number | undefined
  readonly hostId?: number | undefined
  readonly considerLastHost: boolean
  readonly allowDisabled: boolean
  readonly avoid: ReadonlyMap<number, string>
  readonly moving?: boolean
  /** False: a moving VM stays in its cluster. */
  readonly acrossClusters?: boolean
  /** Disks may move with the VM: by volume id the pool that was asked for, where one was. */
  readonly movable?: ReadonlyMap<number, number>
}

/** What the VM asks of a host, from its rows. */
export async function vmDemand(db: Queries, vm: VirtualMachine, options: PlaceOptions): Promise<Demand> {
  const offering = await db
    .selectFrom('service_offering')
    .select(['host_tag', 'disk_offering_id'])
    .where('id', '=', vm.service_offering_id)
    .executeTakeFirst()
  const template =
    vm.vm_template_id === null
      ? undefined
      : await db
          .selectFrom('vm_template')
          .leftJoin('template_store_ref', 'template_store_ref.template_id', 'vm_template.id')
          .select(['vm_template.id', 'vm_template.template_tag', 'template_store_ref.physical_size'])
          .where('vm_template.id', '=', vm.vm_template_id)
          .executeTakeFirst()
  const reservedCluster =
    vm.reserved_host_id === null
      ? undefined
      : await db.selectFrom('host').select('cluster_id').where('id', '=', vm.reserved_host_id).executeTakeFirst()
  const claim = claimOf(vm)
  return {
    vm: { id: vm.id, uuid: vm.uuid, name: vm.name },
    zoneId: vm.data_center_id,
    podId: options.podId,
    clusterId: options.clusterId,
    hostId: options.hostId,
    hypervisor: vm.hypervisor_type,
    arch: vm.arch,
    cpus: vm.cpu,
    mhz: vm.speed,
    memoryBytes: vm.ram_size * 1024 * 1024,
    hostTags: [...tagsOf(offering?.host_tag), ...tagsOf(template?.template_tag)],
    allowDisabled: options.allowDisabled,
    lastHostId: options.considerLastHost ? (vm.last_host_id ?? undefined) : undefined,
    reserved:
      vm.reserved_host_id === null
        ? undefined
        : {
            hostId: vm.reserved_host_id,
            clusterId: reservedCluster?.cluster_id ?? undefined,
            cpu: claim.cpu,
            memory: claim.memory,
          },
    moving: options.moving ?? false,
    movesFrom: options.moving === true ? await sourceOf(db, vm, options.acrossClusters !== false) : undefined,
    avoid: options.avoid,
    volumes: await volumeDemands(db, vm, template, options.movable),
  }
}

async function sourceOf(db: Queries, vm: VirtualMachine, acrossClusters: boolean): Promise<MovesFrom | undefined> {
  if (vm.host_id === null) return undefined
  const host = await db
    .selectFrom('host')
    .select(['name', 'hypervisor_version', 'cluster_id'])
    .where('id', '=', vm.host_id)
    .executeTakeFirst()
  if (host === undefined) return undefined
  const clusterId = host.cluster_id ?? 0
  return {
    name: host.name,
    qemu: host.hypervisor_version ?? '',
    clusterId,
    elsewhere: acrossClusters
      ? await lostNetworks(db, vm.id, { clusterId, zoneId: vm.data_center_id })
      : new Map([[0, staysInCluster]]),
  }
}

const staysInCluster = {
  seen: 'virtual machines leave their cluster only when a host is named, or migrate.vm.across.clusters is true',
  fix: 'Name the host in hostid, or set migrate.vm.across.clusters for the zone.',
}

async function volumeDemands(
  db: Queries,
  vm: VirtualMachine,
  template: { readonly id: number; readonly physical_size: number | null } | undefined,
  movable?: ReadonlyMap<number, number>,
): Promise<readonly VolumeDemand[]> {
  const demands: VolumeDemand[] = []
  for (const volume of await volumesOfVm(db, vm.id)) {
    const offering =
      volume.disk_offering_id === null
        ? undefined
        : await db
            .selectFrom('disk_offering')
            .select(['tags', 'use_local_storage'])
            .where('id', '=', volume.disk_offering_id)
            .executeTakeFirst()
    const placed = volume.pool_id !== null
    demands.push({
      id: volume.id,
      name: volume.name,
      bytes: placed ? 0 : volume.size,
      tags: tagsOf(offering?.tags),
      local: offering?.use_local_storage === 1,
      poolId: volume.pool_id ?? undefined,
      ...(movable === undefined || !placed
        ? {}
        : { movable: { bytes: volume.size, onlyPoolId: movable.get(volume.id) } }),
      template:
        volume.template_id === null || template === undefined
          ? undefined
          : { id: template.id, bytes: template.physical_size ?? 0 },
    })
  }
  return demands
}

/** Tags are stored comma separated. */
export function tagsOf(text: string | null | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
}
