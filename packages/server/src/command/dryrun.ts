import type { Plan as WirePlan } from '@altostack/api'
import { AltoError, InvalidTransitionError, type JsonObject } from '@altostack/core'
import type { Workflow } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'
import { rehearse } from '../db/transaction.ts'
import type { Call } from './execute.ts'
import type { BoundHandler, Plan, Submission } from './handler.ts'

/**
 * What the command would do: its transaction is run and rolled back, refusals are caught, the steps are those of the
 * workflow it would start. Nothing is sent to a host, nothing is written.
 */
export async function rehearseCommand(ctx: ServerContext, { handler }: BoundHandler, call: Call): Promise<WirePlan> {
  try {
    const prepared = 'prepare' in handler ? await handler.prepare?.(call as never) : undefined
    const rehearsed = await rehearse(ctx, async (tx) => {
      const inside = { ...call, tx, dryrun: true, prepared } as never
      const plan = 'plan' in handler && handler.plan ? await handler.plan(inside) : undefined
      let steps: readonly string[] = []
      if ('submit' in handler) steps = stepNames(((await handler.submit(inside)) as Submission).workflow)
      else if ('change' in handler) await handler.change(inside)
      return asWire(plan, steps)
    })
    if (!('probe' in handler) || !handler.probe) return rehearsed
    const { refusals = [], steps } = await handler.probe(call as never)
    const all = [...rehearsed.refusals, ...refusals]
    const named = steps?.map((name): JsonObject => ({ name })) ?? []
    return { ...rehearsed, ok: all.length === 0, refusals: all, steps: [...named, ...rehearsed.steps] }
  } catch (error) {
    const refusal = refusalOf(error)
    if (!refusal) throw error
    return { ok: false, steps: [], claims: [], moves: [], refusals: [refusal] }
  }
}

function stepNames(workflow: Workflow): readonly string[] {
  return workflow.steps.filter((step) => !step.retired).map((step) => step.name)
}

function asWire(plan: Plan | undefined, steps: readonly string[]): WirePlan {
  const refusals = plan?.refusals ?? []
  return {
    ok: refusals.length === 0,
    steps: (plan?.steps ?? steps).map((name): JsonObject => ({ name })),
    claims: plan?.claims ?? [],
    moves: plan?.moves ?? [],
    refusals,
    ...(plan?.placement ? { placement: plan.placement } : {}),
  }
}

function refusalOf(error: unknown): WirePlan['refusals'][number] | undefined {
  if (error instanceof InvalidTransitionError) {
    return {
      code: 'api.state',
      entity: error.machine,
      seen: error.message,
      fix: `Wait until it has left ${error.from}.`,
    }
  }
  if (!(error instanceof AltoError)) return undefined
  return {
    code: error.code,
    entity: error.entities[0]?.uuid ?? '',
    seen: error.seen === undefined ? error.message : `${error.message}: ${error.seen}`,
    fix: error.fix,
  }
}
