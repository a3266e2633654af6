import { apiFailure, infrastructureFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { findClusterByName, insertCluster, setClusterDetail } from './cluster.repository.ts'

/** Hypervisors that a cluster may be of, in CloudStack's spelling; the later ones join with their adapters. */
export const clusterHypervisors = ['KVM', 'Simulator'] as const
export const clusterArchitectures = ['x86_64', 'aarch64', 's390x'] as const

export function requireHypervisor(value: string): (typeof clusterHypervisors)[number] {
  const known = clusterHypervisors.find((name) => name.toLowerCase() === value.toLowerCase())
  if (known) return known
  throw apiFailure('api.parameter', `hypervisor ${value} is not one of ${clusterHypervisors.join(', ')}`, {
    seen: value,
    fix: 'Use KVM; listHypervisors shows what this version drives.',
  })
}

export function requireArchitecture(value: string): string {
  const known = clusterArchitectures.find((name) => name === value.toLowerCase())
  if (known) return known
  throw apiFailure('api.parameter', `arch ${value} is not one of ${clusterArchitectures.join(', ')}`, { seen: value })
}

export function requireClusterType(value: string): 'CloudManaged' {
  if (value.toLowerCase() === 'cloudmanaged') return 'CloudManaged'
  throw apiFailure('api.parameter', `clustertype ${value} is not CloudManaged`, {
    seen: value,
    fix: 'ExternalManaged clusters come with the VMware adapter.',
  })
}

export async function requireFreeClusterName(
  db: Queries,
  podId: number,
  name: string,
  exceptId?: number,
): Promise<void> {
  if (name.trim() === '') throw apiFailure('api.parameter', 'clustername is empty')
  const other = await findClusterByName(db, podId, name)
  if (other && other.id !== exceptId) {
    throw infrastructureFailure('infrastructure.name-taken', `A cluster named ${name} exists in the pod`, {
      entities: [{ uuid: other.uuid, description: 'cluster' }],
    })
  }
}

export type NewCluster = {
  readonly name: string
  readonly zone: Row<'data_center'>
  readonly pod: Row<'host_pod_ref'>
  readonly hypervisor: string
  readonly arch: string
  readonly allocationState: 'Enabled' | 'Disabled'
  readonly now: number
}

/** Writes the `cluster` row and its over-commit ratios from the global settings. No host is contacted. */
export async function createCluster(tx: Tx, ctx: ServerContext, cluster: NewCluster): Promise<number> {
  if (cluster.pod.data_center_id !== cluster.zone.id) {
    throw infrastructureFailure(
      'infrastructure.mismatch',
      `Pod ${cluster.pod.name} is not in zone ${cluster.zone.name}`,
      {
        entities: [
          { uuid: cluster.pod.uuid, description: 'pod' },
          { uuid: cluster.zone.uuid, description: 'zone' },
        ],
      },
    )
  }
  await requireFreeClusterName(tx, cluster.pod.id, cluster.name)
  const id = await insertCluster(tx, {
    uuid: ctx.runtime.uuid(),
    name: cluster.name,
    pod_id: cluster.pod.id,
    data_center_id: cluster.zone.id,
    hypervisor_type: cluster.hypervisor,
    arch: cluster.arch,
    allocation_state: cluster.allocationState,
    created: cluster.now,
  })
  await setClusterDetail(tx, id, 'cpuOvercommitRatio', await ctx.config.text('cpu.overprovisioning.factor', {}, tx))
  await setClusterDetail(tx, id, 'memoryOvercommitRatio', await ctx.config.text('mem.overprovisioning.factor', {}, tx))
  return id
}
