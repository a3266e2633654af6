import type { ServerContext } from '../context.ts'
import type { Queries, Row } from '../db/database.ts'
import {
  awaitedHosts,
  type EvacuationPlan,
  loadSnapshot,
  placementEvidence,
  planEvacuation,
} from '../placement/index.ts'
import { vmDemand } from '../vm/index.ts'
import { guestsLeaving, guestsWithLocalDisks } from './evacuation.repository.ts'

/** Where the running guests of a host would go; those that are to be stopped are left out. */
export async function evacuationPlan(
  db: Queries,
  ctx: ServerContext,
  host: Row<'host'>,
  stopped: ReadonlySet<number>,
): Promise<EvacuationPlan> {
  const guests = (await guestsLeaving(db, host.id)).filter(
    (guest) => guest.host_id === host.id && guest.state === 'Running' && !stopped.has(guest.id),
  )
  const avoid = new Map([[host.id, 'is being emptied']])
  const acrossClusters = await ctx.config.flag('migrate.vm.across.clusters', { zoneId: host.data_center_id }, db)
  const demands = []
  for (const guest of guests) {
    demands.push(
      await vmDemand(db, guest, {
        considerLastHost: false,
        allowDisabled: false,
        moving: true,
        acrossClusters,
        avoid,
      }),
    )
  }
  const plan = planEvacuation(await loadSnapshot(db, ctx), demands, { random: ctx.runtime.random })
  // A host that is on its way back takes its guests then.
  return { ...plan, refusals: plan.refusals.filter(({ result }) => awaitedHosts(result).length === 0) }
}

/** The guests that the setting lets be stopped because their disks cannot move. */
export async function guestsToStop(db: Queries, ctx: ServerContext, hostId: number): Promise<ReadonlySet<number>> {
  const strategy = await ctx.config.text('host.maintenance.local.storage.strategy', {}, db)
  return strategy === 'ForceStop' ? await guestsWithLocalDisks(db, hostId) : new Set()
}

/** One line a guest: why it has nowhere to go. */
export function refusalLines({ refusals }: EvacuationPlan): readonly string[] {
  return refusals.map(({ demand, result }) => {
    const reasons = result.refusals.slice(0, 5).map(({ host, refusal }) => `${host.name} ${refusal.seen()}`)
    return `${demand.vm.name}: ${reasons.length === 0 ? 'there is no other host' : reasons.join('; ')}`
  })
}

export function refusalEvidence({ refusals }: EvacuationPlan): ReturnType<typeof placementEvidence>[] {
  return refusals
    .slice(0, 20)
    .map(({ demand, result }) => ({ vm: demand.vm.name, ...placementEvidence(demand, result) }))
}
