import type { Workflow } from '@altostack/workflow'
import type { Plan } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { type Demand, loadSnapshot, planPlacement } from '../placement/index.ts'

/** Refusals told one by one in a dry run. */
const told = 50

/** What a dry run of a start says: where the VM would go, what it would claim there, which hosts refuse and why. */
export async function placementPlan(
  db: Queries,
  ctx: ServerContext,
  demand: Demand,
  workflow: Workflow,
): Promise<Plan> {
  const snapshot = await loadSnapshot(db, ctx)
  const { candidates, refusals } = planPlacement(snapshot, demand, { random: ctx.runtime.random })
  const best = candidates[0]
  const steps = workflow.steps.filter((step) => !step.retired && !/-\d+$/.test(step.name)).map((step) => step.name)
  if (best === undefined) {
    return {
      steps,
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
