import type { CheckResult } from '@altostack/agent-api'
import { errorText, type Json } from '@altostack/core'
import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { requireHost } from '../add-host.service.ts'
import { diagnoseBy, type Look, lookAt } from '../doctor/diagnose.ts'
import { actOn, type PlannedRepair, planRepairs, requireRepair } from '../doctor/repair.ts'
import { insertHostRepair, setHostRepairs } from '../host-repair.repository.ts'

type RepairInput = { readonly hostId: number; readonly checks: readonly string[]; readonly userId: number }
const twice = { attempts: 2 }

/** Makes the repairs of a host: reads and keeps the old values first, then acts, then looks again. */
export const hostRepairWorkflow = defineWorkflow<ServerContext, RepairInput, Database>('host.repair')
  .step('look', {
    retry: twice,
    deadlineMs: 60_000,
    async do(s) {
      const { plans, left } = await withLook(s.ctx, s.input.hostId, (look) => planRepairs(s.ctx, look, s.input.checks))
      return { plans: plans as unknown as Json[], left: left as unknown as Json[] }
    },
  })
  .transact('keep', {
    async do(tx, s) {
      const now = s.ctx.runtime.now()
      const ids: number[] = []
      for (const plan of plansOf(s.out.look)) {
        ids.push(
          await insertHostRepair(tx, {
            uuid: s.ctx.runtime.uuid(),
            host_id: s.input.hostId,
            repair: plan.name,
            check_name: plan.check,
            state: 'Planned',
            before_state: plan.state,
            changes: JSON.stringify(plan.changes),
            user_id: s.input.userId,
            created: now,
          }),
        )
      }
      return { ids }
    },
    async undo(tx, s) {
      await setHostRepairs(tx, s.out.keep.ids, { state: 'Failed' })
    },
  })
  .step('apply', {
    when: (s) => plansOf(s.out.look).length > 0,
    retry: twice,
    deadlineMs: 180_000,
    async do(s) {
      await withLook(s.ctx, s.input.hostId, async (look) => {
        for (const plan of plansOf(s.out.look)) await actOn(look, plan, 'apply')
      })
    },
    async undo(s) {
      const back = plansOf(s.out.look).filter(({ name }) => requireRepair(name).restorable)
      await withLook(s.ctx, s.input.hostId, async (look) => {
        for (const plan of back.toReversed()) await quietly(s.ctx, look, plan)
      })
    },
  })
  .transact('applied', {
    async do(tx, s) {
      await setHostRepairs(tx, s.out.keep.ids, { state: 'Applied', applied: s.ctx.runtime.now() })
    },
  })
  .step('look-again', {
    when: (s) => plansOf(s.out.look).length > 0,
    retry: twice,
    deadlineMs: 90_000,
    async do(s) {
      const { ctx, input } = s
      const plans = plansOf(s.out.look)
      // An agent that was started or restarted is given the time to come back.
      if (plans.some(({ name }) => name.startsWith('agent-'))) {
        await ctx.agents.connected(input.hostId, 20_000).catch(() => undefined)
      }
      const names = plans.map(({ check }) => check)
      const checks = await withLook(ctx, input.hostId, (look) => diagnoseBy(ctx, look, names, 9000))
      return { checks: checks as unknown as Json[] }
    },
  })
  .build()

function plansOf(output: { readonly plans: Json[] }): readonly PlannedRepair[] {
  return output.plans as unknown as PlannedRepair[]
}

export async function withLook<R>(ctx: ServerContext, hostId: number, body: (look: Look) => Promise<R>): Promise<R> {
  const look = await lookAt(ctx, await requireHost(ctx.db, hostId))
  try {
    return await body(look)
  } finally {
    look.close()
  }
}

async function quietly(ctx: ServerContext, look: Look, plan: PlannedRepair): Promise<void> {
  try {
    await actOn(look, plan, 'restore')
  } catch (error) {
    ctx.log.warn(
      { repair: plan.name, error: errorText(error) },
      'a repair could not be taken back; it stays listed as Failed',
    )
  }
}

export type RepairOutput = {
  readonly look: { readonly left: readonly CheckResult[] }
  readonly keep: { readonly ids: readonly number[] }
  readonly 'look-again'?: { readonly checks: readonly CheckResult[] }
}
