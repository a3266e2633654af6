import type { Demand } from './demand.ts'
import { avoidFilter } from './filters/avoid-filter.ts'
import { chosenHostFilter } from './filters/chosen-host-filter.ts'
import { clusterFilter } from './filters/cluster-filter.ts'
import { cpuCapabilityFilter } from './filters/cpu-capability-filter.ts'
import { cpuFilter } from './filters/cpu-filter.ts'
import type { ClusterFilter, ClusterUse, HostFilter, HostQuestion, PoolVerdicts } from './filters/filter.ts'
import { guestsFilter } from './filters/guests-filter.ts'
import { hypervisorFilter } from './filters/hypervisor-filter.ts'
import { layer2Filter } from './filters/layer2-filter.ts'
import { memoryFilter } from './filters/memory-filter.ts'
import { podFilter } from './filters/pod-filter.ts'
import { resourceStateFilter } from './filters/resource-state-filter.ts'
import { statusFilter } from './filters/status-filter.ts'
import { storageFilter } from './filters/storage-filter.ts'
import { tagFilter } from './filters/tag-filter.ts'
import { thresholdFilter } from './filters/threshold-filter.ts'
import { versionFilter } from './filters/version-filter.ts'
import { zoneFilter } from './filters/zone-filter.ts'
import { claimOnPool, judgePools } from './pool-verdicts.ts'
import type { Refusal } from './refusal.ts'
import type { HostView, PlacementSnapshot, PoolView } from './snapshot.ts'
import { rankHosts } from './weighers/rank.ts'

/** In this order: the first filter that refuses is the reason that is told. */
export const clusterFilters: readonly ClusterFilter[] = [zoneFilter, podFilter, clusterFilter, hypervisorFilter]
export const hostFilters: readonly HostFilter[] = [
  chosenHostFilter,
  avoidFilter,
  statusFilter,
  resourceStateFilter,
  tagFilter,
  layer2Filter,
  versionFilter,
  cpuCapabilityFilter,
  guestsFilter,
  cpuFilter,
  memoryFilter,
  storageFilter,
]
/** After the host's own filters, which say more: a full host is told as full. */
export const lateClusterFilters: readonly ClusterFilter[] = [thresholdFilter]

export type Candidate = {
  readonly host: HostView
  /** A pool for each volume of the demand, in its order, with what it claims there and what a copy of its template would. */
  readonly volumes: readonly {
    readonly volumeId: number
    readonly poolId: number
    readonly claimBytes: number
    readonly templateBytes: number
  }[]
}
export type PlanResult = {
  /** Best first; empty when nothing fits. */
  readonly candidates: readonly Candidate[]
  /** Every host of the snapshot that is refused; candidates and hosts ranked too low are not in it. */
  readonly refusals: readonly { readonly host: HostView; readonly refusal: Refusal }[]
}

/**
 * Chooses hosts for one VM. Pure: same snapshot, demand and chances give the same answer. Whoever takes a candidate must
 * still claim it, since the snapshot may be old.
 */
export function planPlacement(
  snapshot: PlacementSnapshot,
  demand: Demand,
  options: { readonly random: () => number; readonly limit?: number },
): PlanResult {
  const refusedClusters = refuseClusters(snapshot, demand, clusterFilters)
  const refusedLate = refuseClusters(snapshot, demand, lateClusterFilters)
  const pools = demand.volumes.map((volume) => judgePools(snapshot, volume, demand.hypervisor))
  const filters = hostFilters.filter((filter) => filter.applies?.(demand) !== false)
  const fitting: HostView[] = []
  const refusals: { host: HostView; refusal: Refusal }[] = []
  const questions = new Map<number, HostQuestion>()
  for (const host of snapshot.hosts) {
    const own = refusedClusters.get(host.clusterId) ?? refuseHost(host, filters, snapshot, demand, pools, questions)
    // What passes by itself is told last: a full cluster stays full.
    const refusal = own === undefined || own.passes ? (refusedLate.get(host.clusterId) ?? own) : own
    if (refusal === undefined) fitting.push(host)
    else refusals.push({ host, refusal })
  }
  const ranked = rankHosts(fitting, demand, snapshot, options.random, options.limit ?? 8)
  const candidates: Candidate[] = []
  for (const host of ranked) {
    const volumes = choosePools(host, snapshot, demand, pools, options.random)
    if (volumes !== undefined) candidates.push({ host, volumes })
    else refusals.push({ host, refusal: volumesTogether })
  }
  return { candidates, refusals }
}

const volumesTogether: Refusal = {
  filter: 'storage',
  seen: () => 'has pools for each volume, but not enough space for all of them together',
  fix: 'Free space, or attach a pool to the host.',
}

function refuseHost(
  host: HostView,
  filters: readonly HostFilter[],
  snapshot: PlacementSnapshot,
  demand: Demand,
  pools: readonly PoolVerdicts[],
  questions: Map<number, HostQuestion>,
): Refusal | undefined {
  let question = questions.get(host.clusterId)
  if (question === undefined) {
    const cluster = snapshot.clusters.get(host.clusterId)
    if (cluster === undefined) return noCluster
    question = { demand, snapshot, cluster, pools }
    questions.set(host.clusterId, question)
  }
  let passing: Refusal | undefined
  for (const filter of filters) {
    const refusal = filter.refuse(host, question)
    if (refusal === undefined) continue
    if (refusal.passes !== true) return refusal
    passing ??= refusal
  }
  return passing
}

/** Hosts that refuse only because they are not back yet: they fit as soon as they are. */
export function awaitedHosts(result: PlanResult): readonly HostView[] {
  return result.refusals.filter(({ refusal }) => refusal.passes === true).map(({ host }) => host)
}

const noCluster: Refusal = { filter: 'cluster', seen: () => 'is in no cluster', fix: 'Add the host to a cluster.' }

function refuseClusters(
  snapshot: PlacementSnapshot,
  demand: Demand,
  filters: readonly ClusterFilter[],
): ReadonlyMap<number, Refusal> {
  const uses = clusterUses(snapshot)
  const refused = new Map<number, Refusal>()
  for (const [id, use] of uses) {
    const cluster = snapshot.clusters.get(id)!
    const zone = snapshot.zones.get(cluster.zoneId)
    const pod = snapshot.pods.get(cluster.podId)
    for (const filter of filters) {
      const refusal = filter.refuse({ demand, zone, pod, cluster, use })
      if (refusal === undefined) continue
      refused.set(id, refusal)
      break
    }
  }
  return refused
}

type Uses = ReadonlyMap<number, ClusterUse>
const usesOf = new WeakMap<PlacementSnapshot, Uses>()

/** Sums over the hosts that could take VMs; kept with the snapshot, which never changes. */
export function clusterUses(snapshot: PlacementSnapshot): Uses {
  const known = usesOf.get(snapshot)
  if (known !== undefined) return known
  const sums = new Map<number, Record<keyof ClusterUse, number>>()
  for (const host of snapshot.hosts) {
    const cluster = snapshot.clusters.get(host.clusterId)
    if (cluster === undefined) continue
    let sum = sums.get(cluster.id)
    if (sum === undefined) {
      sum = { cpuTotal: 0, cpuTaken: 0, memoryTotal: 0, memoryTaken: 0 }
      sums.set(cluster.id, sum)
    }
    sum.cpuTotal += host.cpuTotal * cluster.cpuRatio
    sum.cpuTaken += host.cpuTaken
    sum.memoryTotal += host.memoryTotal * cluster.memoryRatio
    sum.memoryTaken += host.memoryTaken
  }
  usesOf.set(snapshot, sums)
  return sums
}

/** One pool a volume, keeping count of what this VM itself claims; undefined when they do not fit together. */
function choosePools(
  host: HostView,
  snapshot: PlacementSnapshot,
  demand: Demand,
  verdicts: readonly PoolVerdicts[],
  random: () => number,
): Candidate['volumes'] | undefined {
  const claimed = new Map<number, number>()
  const chosen: Candidate['volumes'][number][] = []
  for (const [index, volume] of demand.volumes.entries()) {
    const open = host.pools
      .filter((id) => verdicts[index]!.usable.has(id))
      .map((id) => snapshot.pools.get(id)!)
      .filter((pool) => fitsTogether(pool, claimOnPool(pool, volume), claimed.get(pool.id) ?? 0))
      .map((pool) => ({ pool, stays: pool.id === volume.poolId, free: freeShare(pool), chance: random() }))
      .sort((a, b) => Number(b.stays) - Number(a.stays) || b.free - a.free || a.chance - b.chance)
    const pool = open[0]?.pool
    if (pool === undefined) return undefined
    const bytes = claimOnPool(pool, volume)
    claimed.set(pool.id, (claimed.get(pool.id) ?? 0) + bytes)
    chosen.push({
      volumeId: volume.id,
      poolId: pool.id,
      claimBytes: volume.movable === undefined ? volume.bytes : bytes,
      templateBytes: volume.movable === undefined ? bytes - volume.bytes : 0,
    })
  }
  return chosen
}

function fitsTogether(pool: PoolView, asked: number, claimed: number): boolean {
  if (asked === 0) return true
  return (
    pool.allocatedBytes + claimed + asked <=
    Math.floor(pool.capacityBytes * pool.overprovisioning * pool.allocatedThreshold)
  )
}

/** In tenths, so that equal pools are told apart by chance. */
function freeShare(pool: PoolView): number {
  const limit = pool.capacityBytes * pool.overprovisioning
  return limit === 0 ? 0 : Math.floor(((limit - pool.allocatedBytes) / limit) * 10)
}
