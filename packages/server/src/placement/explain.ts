import type { Demand } from './demand.ts'
import type { HostQuestion } from './filters/filter.ts'
import { clusterFilters, clusterUses, hostFilters, lateClusterFilters } from './plan.ts'
import { judgePools } from './pool-verdicts.ts'
import type { Refusal } from './refusal.ts'
import type { ClusterView, HostView, PlacementSnapshot } from './snapshot.ts'

/** What every filter says of one host: those that are not in `refusals` let it pass. */
export type ExplainedHost = {
  readonly host: HostView
  readonly cluster: ClusterView | undefined
  readonly refusals: readonly Refusal[]
}

/** The filters that a demand is asked by, in their order. */
export function filtersOf(demand: Demand): readonly string[] {
  const asked = hostFilters.filter((filter) => filter.applies?.(demand) !== false)
  return [...clusterFilters, ...asked, ...lateClusterFilters].map(({ name }) => name)
}

/**
 * Hosts × filters: unlike the planner, which tells the first reason, every filter is asked of every host. Those that fit
 * come first, then those that miss least. Pure.
 */
export function explainPlacement(snapshot: PlacementSnapshot, demand: Demand, limit: number): readonly ExplainedHost[] {
  const uses = clusterUses(snapshot)
  const pools = demand.volumes.map((volume) => judgePools(snapshot, volume, demand.hypervisor))
  const asked = hostFilters.filter((filter) => filter.applies?.(demand) !== false)
  const ofCluster = new Map<number, readonly Refusal[]>()
  const explained = snapshot.hosts.map((host): ExplainedHost => {
    const cluster = snapshot.clusters.get(host.clusterId)
    if (cluster === undefined) return { host, cluster, refusals: [] }
    let shared = ofCluster.get(cluster.id)
    if (shared === undefined) {
      const zone = snapshot.zones.get(cluster.zoneId)
      const pod = snapshot.pods.get(cluster.podId)
      const use = uses.get(cluster.id)
      shared =
        use === undefined
          ? []
          : [...clusterFilters, ...lateClusterFilters].flatMap(
              (filter) => filter.refuse({ demand, zone, pod, cluster, use }) ?? [],
            )
      ofCluster.set(cluster.id, shared)
    }
    const question: HostQuestion = { demand, snapshot, cluster, pools }
    return { host, cluster, refusals: [...shared, ...asked.flatMap((filter) => filter.refuse(host, question) ?? [])] }
  })
  // In the zone that is asked for there may be none that fits; hosts of others only make the table long.
  const near = explained.filter(({ refusals }) => !refusals.some(({ filter }) => filter === 'zone'))
  return near.sort((a, b) => a.refusals.length - b.refusals.length || shortest(a) - shortest(b)).slice(0, limit)
}

function shortest({ refusals }: ExplainedHost): number {
  return Math.max(0, ...refusals.map(({ short }) => short ?? 0))
}
