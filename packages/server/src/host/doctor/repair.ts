import {
  type CheckResult,
  findCheck,
  findRepair,
  type HostRepair,
  hostRepairs,
  type RepairPlan,
} from '@altostack/agent-api'
import { checkFailure, errorText } from '@altostack/core'
import type { HostChannel } from './channel.ts'
import { diagnoseBy, type Look, type SeenCheck } from './diagnose.ts'

export type PlannedRepair = RepairPlan & { readonly check: string }
export type RepairPlans = {
  readonly plans: readonly PlannedRepair[]
  /** Checks that are not ok and that no repair heals, with why. */
  readonly left: readonly CheckResult[]
}

const planMs = 9000
/** These end or start the agent's process: one of them is enough. */
const agentRepairs = ['agent-settings', 'agent-service', 'agent-restart']

/** What would be changed on a host: looks at it, reads the old values, changes nothing. */
export async function planRepairs(
  ctx: Parameters<typeof diagnoseBy>[0],
  look: Look,
  names: readonly string[],
): Promise<RepairPlans> {
  refuseUnknown(names)
  const checks = await diagnoseBy(ctx, look, names, planMs)
  const bad = checks.filter(({ status }) => status !== 'ok')
  const plans: PlannedRepair[] = []
  const left: CheckResult[] = []
  for (const repair of hostRepairs) {
    const asking = bad.find(({ name }) => findCheck(name)?.repair === repair.name)
    if (asking === undefined) continue
    const plan = await planOne(look, repair, asking, names)
    if ('why' in plan) left.push({ ...strip(asking), seen: `${asking.seen} (not repaired: ${plan.why})` })
    else if (!isCovered(repair, plans)) plans.push(plan)
  }
  for (const check of bad) {
    if (findCheck(check.name)?.repair === undefined) left.push(strip(check))
  }
  return { plans, left }
}

function isCovered(repair: HostRepair, plans: readonly PlannedRepair[]): boolean {
  return agentRepairs.includes(repair.name) && plans.some(({ name }) => agentRepairs.includes(name))
}

async function planOne(
  look: Look,
  repair: HostRepair,
  asking: SeenCheck,
  names: readonly string[],
): Promise<PlannedRepair | { readonly why: string }> {
  if (!repair.safe && !names.includes(asking.name)) return { why: `ask for it by name: checks=${asking.name}` }
  const way = wayFor(look, repair)
  if (way === undefined) return { why: 'neither SSH nor the agent reaches the host' }
  try {
    const plan = await way.plan(repair, look.subject)
    if (plan.changes.length === 0) return { why: `repair ${repair.name} finds nothing that it could change` }
    return { ...plan, check: asking.name }
  } catch (error) {
    return { why: errorText(error) }
  }
}

/** SSH outlives the agent that a repair restarts; where it is closed, the agent does what it can. */
function wayFor(look: Look, repair: HostRepair): HostChannel | undefined {
  return look.ssh ?? (repair.sshOnly ? undefined : look.agent)
}

/** Applies a plan, or goes back to the state that it kept. Repeatable. */
export async function actOn(look: Look, plan: PlannedRepair, act: 'apply' | 'restore'): Promise<void> {
  const repair = requireRepair(plan.name)
  const way = wayFor(look, repair)
  if (way === undefined) throw checkFailure('repair.no-way', `Repair ${plan.name}: nothing reaches the host`)
  await way.act(repair, act, plan.state, look.subject)
}

export function requireRepair(name: string): HostRepair {
  const repair = findRepair(name)
  if (repair === undefined) throw checkFailure('repair.none', `There is no repair ${name}`)
  return repair
}

/** A name that no check has is the caller's mistake. */
export function refuseUnknown(names: readonly string[]): void {
  const strange = names.find((name) => findCheck(name) === undefined)
  if (strange === undefined) return
  throw checkFailure('check.unknown', `There is no check ${strange}`, { seen: `checks=${names.join(',')}` })
}

function strip({ seenby: _, ...check }: SeenCheck): CheckResult {
  return check
}
