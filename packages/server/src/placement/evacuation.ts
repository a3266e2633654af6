import type { Demand } from './demand.ts'
import { type PlanResult, planPlacement } from './plan.ts'
import type { HostView, PlacementSnapshot } from './snapshot.ts'

export type EvacuationPlan = {
  readonly moves: readonly { readonly demand: Demand; readonly host: HostView }[]
  /** VMs that no host takes, with what each host said. */
  readonly refusals: readonly { readonly demand: Demand; readonly result: PlanResult }[]
}

/**
 * Where the guests of a host would go, all of them together: the largest first, each with what those before it have
 * claimed. Pure. The real moves are placed one by one and may take another way.
 */
export function planEvacuation(
  snapshot: PlacementSnapshot,
  demands: readonly Demand[],
  options: { readonly random: () => number },
): EvacuationPlan {
  const hosts = [...snapshot.hosts]
  const moves: EvacuationPlan['moves'][number][] = []
  const refusals: EvacuationPlan['refusals'][number][] = []
  for (const demand of [...demands].sort((a, b) => b.memoryBytes - a.memoryBytes)) {
    const result = planPlacement({ ...snapshot, hosts: [...hosts] }, demand, { random: options.random, limit: 1 })
    const host = result.candidates[0]?.host
    if (host === undefined) {
      refusals.push({ demand, result })
      continue
    }
    moves.push({ demand, host })
    hosts[hosts.findIndex((one) => one.id === host.id)] = {
      ...host,
      cpuTaken: host.cpuTaken + demand.cpus * demand.mhz,
      memoryTaken: host.memoryTaken + demand.memoryBytes,
      guests: host.guests + 1,
    }
  }
  return { moves, refusals }
}
