import {
  type Claim,
  type ClaimLimits,
  claimHost,
  claimPool,
  poolServes,
  releaseHost,
  releasePool,
} from '../capacity/index.ts'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { notBackYet } from '../host/index.ts'
import {
  awaitedHosts,
  type Candidate,
  type Demand,
  insufficientCapacity,
  noteClaim,
  type PlacementSnapshot,
  placementSnapshot,
  planPlacement,
  poolLimit,
} from '../placement/index.ts'
import { claimTemplateCopy } from './template-on-pool.ts'

export type Placed = { readonly hostId: number; readonly volumes: Candidate['volumes'] }

/**
 * Plans and claims in the caller's transaction: host capacity by conditional UPDATE, then space of the pools. Plans on a
 * snapshot of the last second first; only a fresh one may say that nothing fits. Throws error 533 then, and RetryLater
 * while hosts that would fit are only not back yet.
 */
export async function placeAndClaim(tx: Tx, ctx: ServerContext, demand: Demand, claim: Claim): Promise<Placed> {
  for (const fresh of [false, true]) {
    const { snapshot, fresh: wasRead } = await placementSnapshot(tx, ctx, { fresh })
    // What the VM had reserved was given back in this transaction: a snapshot read in it shows that already.
    const asked = wasRead ? { ...demand, reserved: undefined } : demand
    const result = planPlacement(snapshot, asked, { random: ctx.runtime.random })
    for (const candidate of result.candidates) {
      if (!(await claimCandidate(tx, ctx, snapshot, candidate, demand, claim))) continue
      noteClaim(ctx, candidate.host.id, claim)
      return { hostId: candidate.host.id, volumes: candidate.volumes }
    }
    const awaited = awaitedHosts(result)
    if (awaited.length > 0 && (wasRead || result.candidates.length === 0)) {
      throw notBackYet(ctx, demand.vm.name, awaited)
    }
    if (wasRead) throw insufficientCapacity(asked, result)
  }
  throw new Error('unreachable: the second plan is on a fresh snapshot')
}

async function claimCandidate(
  tx: Tx,
  ctx: ServerContext,
  snapshot: PlacementSnapshot,
  candidate: Candidate,
  demand: Demand,
  claim: Claim,
): Promise<boolean> {
  const limits = limitsOf(snapshot, candidate.host.clusterId, demand.allowDisabled)
  if (!(await claimHost(tx, candidate.host.id, claim, limits))) return false
  const claimed: { poolId: number; bytes: number }[] = []
  for (const [index, { poolId, claimBytes }] of candidate.volumes.entries()) {
    if (claimBytes === 0 && (await poolServes(tx, poolId))) continue
    const limit = poolLimit(snapshot.pools.get(poolId)!)
    if (claimBytes > 0 && (await claimPool(tx, poolId, claimBytes, limit))) {
      claimed.push({ poolId, bytes: claimBytes })
      const template = demand.volumes[index]?.template
      // A copy once claimed stays: it serves every later VM of the template on this pool.
      if (template === undefined || (await claimTemplateCopy(tx, ctx, poolId, template, limit))) continue
    }
    for (const back of claimed) await releasePool(tx, back.poolId, back.bytes)
    await releaseHost(tx, candidate.host.id, claim)
    return false
  }
  return true
}

/** How far a host of the cluster may be filled, and what it must be like then. */
export function limitsOf(snapshot: PlacementSnapshot, clusterId: number, allowDisabled: boolean): ClaimLimits {
  const cluster = snapshot.clusters.get(clusterId)
  return {
    cpuRatio: cluster?.cpuRatio ?? 1,
    memoryRatio: cluster?.memoryRatio ?? 1,
    maxGuests: snapshot.maxGuests,
    resourceStates: allowDisabled ? ['Enabled', 'Disabled'] : ['Enabled'],
  }
}
