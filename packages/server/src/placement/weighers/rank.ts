import type { Demand } from '../demand.ts'
import type { HostView, PlacementSnapshot } from '../snapshot.ts'
import { freeCapacityWeight } from './free-capacity-weigher.ts'

/** Weights closer than this count as equal, and chance decides: parallel plans on one snapshot then do not herd. */
const BAND = 0.05
/** Hosts compared with each other when very many fit. */
const SAMPLE = 32

/**
 * Orders the hosts that fit, best first, at most `limit`: the last host, then the freest. Of many hosts only a random
 * sample is compared, which is near the best and never the same for two parallel plans.
 */
export function rankHosts(
  fitting: readonly HostView[],
  demand: Demand,
  snapshot: PlacementSnapshot,
  random: () => number,
  limit: number,
): readonly HostView[] {
  const last = demand.lastHostId === undefined ? undefined : fitting.find((host) => host.id === demand.lastHostId)
  const others = last === undefined ? fitting : fitting.filter((host) => host !== last)
  const ranked =
    snapshot.algorithm === 'firstfit'
      ? [...others].sort((a, b) => a.id - b.id)
      : byWeight(sample(others, Math.max(SAMPLE, limit), random), demand, snapshot, random)
  return (last === undefined ? ranked : [last, ...ranked]).slice(0, limit)
}

function byWeight(
  hosts: readonly HostView[],
  demand: Demand,
  snapshot: PlacementSnapshot,
  random: () => number,
): readonly HostView[] {
  return hosts
    .map((host) => {
      const weight = freeCapacityWeight(host, snapshot.clusters.get(host.clusterId)!, demand)
      return { host, band: Math.floor(weight / BAND), chance: random() }
    })
    .sort((a, b) => b.band - a.band || a.chance - b.chance || a.host.id - b.host.id)
    .map(({ host }) => host)
}

/** `size` different ones at random; all of them when there are no more. */
function sample<T>(from: readonly T[], size: number, random: () => number): readonly T[] {
  if (from.length <= size) return from
  const chosen = new Set<number>()
  while (chosen.size < size) chosen.add(Math.floor(random() * from.length))
  return [...chosen].map((index) => from[index]!)
}
