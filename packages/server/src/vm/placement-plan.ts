import type { Workflow } from '@altostack/workflow'
import { type Caller, isRootAdmin } from '../command/caller.ts'
import type { Placement, Plan } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import {
  type Demand,
  explainPlacement,
  filtersOf,
  loadSnapshot,
  type PlacementSnapshot,
  planPlacement,
} from '../placement/index.ts'

/** Refusals told one by one in a dry run, and hosts of its table. */
const told = 50

/** What a dry run of a start says: where the VM would go, what it would claim there, which hosts refuse and why. */
export async function placementPlan(
  db: Queries,
  ctx: ServerContext,
  demand: Demand,
  workflow: Workflow,
  caller: Caller,
): Promise<Plan> {
  const snapshot = await loadSnapshot(db, ctx)
  const { candidates, refusals } = planPlacement(snapshot, demand, { random: ctx.runtime.random })
  const best = candidates[0]
  const seesHosts = isRootAdmin(caller)
  const steps = workflow.steps.filter((step) => !step.retired && !/-\d+$/.test(step.name)).map((step) => step.name)
  if (!seesHosts) return best === undefined ? { steps, refusals: [noRoom] } : { steps }
  const placement = placementTable(snapshot, demand)
  if (best === undefined) {
    return {
      steps,
      placement,
      refusals: refusals.slice(0, told).map(({ host, refusal }) => ({
        code: `placement.${refusal.filter}`,
        entity: host.uuid,
        seen: `${host.name} ${refusal.seen()}`,
        fix: refusal.fix,
      })),
    }
  }
  return {
    steps,
    placement,
    moves: [{ entity: demand.vm.uuid, to: 'Running', host: best.host.uuid, hostName: best.host.name }],
    claims: [
      {
        entity: best.host.uuid,
        cpuMhz: demand.cpus * demand.mhz,
        memoryBytes: demand.memoryBytes,
        cores: demand.cpus,
      },
      ...best.volumes
        .filter((volume) => volume.claimBytes > 0)
        .map(({ poolId, claimBytes, templateBytes }) => ({
          entity: snapshot.pools.get(poolId)?.uuid,
          bytes: claimBytes,
          templateBytes,
        })),
    ],
  }
}

/** Hosts are nothing that a tenant sees. */
const noRoom = {
  code: 'api.insufficient-capacity',
  entity: '',
  seen: 'No host can take the virtual machine now',
  fix: 'Choose a smaller offering or another zone, or ask an administrator.',
}

function placementTable(snapshot: PlacementSnapshot, demand: Demand): Placement {
  return {
    filters: filtersOf(demand),
    hosts: explainPlacement(snapshot, demand, told).map(({ host, cluster, refusals }) => ({
      id: host.uuid,
      name: host.name,
      cluster: cluster?.name ?? '',
      fits: refusals.length === 0,
      refusals: refusals.map(({ filter, seen, fix, short }) => ({
        filter,
        seen: seen(),
        fix,
        ...(short === undefined ? {} : { short }),
      })),
    })),
  }
}
