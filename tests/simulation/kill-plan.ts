import type { SimulatedHost } from '@altostack/simulator'
import { mulberry32 } from '../../packages/testkit/src/simulated-runtime.ts'
import type { KillScenario } from './kill-scenarios.ts'
import { carryOut } from './kill-scenarios.ts'
import { isQuiet } from './oracle.ts'
import { settle } from './run-seed.ts'
import { createWorld, type SimulatedWorld } from './world.ts'
import type { ZoneFile } from './zone-file.ts'

/** How a call to a host is broken. */
export const callMoments = [
  'request lost',
  'reply lost',
  'libvirtd dies before the effect',
  'libvirtd dies after the effect',
  'agent dies before the effect',
  'agent dies after the effect',
  'agent dies after its reply',
  'host dies before the effect',
  'host dies after the effect',
  'server dies after it has asked',
  'server dies before it hears the answer',
] as const
export type CallMoment = (typeof callMoments)[number]
export const victims = ['server', 'agent', 'libvirtd', 'host'] as const

/** One thing that is killed, once, at one place of one operation. */
export type Blow =
  /** The server, at the nth fault point of the engine. */
  | { readonly kind: 'point'; readonly nth: number; readonly what: string }
  | { readonly kind: 'call'; readonly nth: number; readonly what: string; readonly moment: CallMoment }
  | {
      readonly kind: 'instant'
      readonly atMs: number
      readonly victim: (typeof victims)[number]
      readonly host: number
    }

/** What happens in an operation that nothing disturbs. */
export type CleanRun = { readonly points: readonly string[]; readonly calls: readonly string[]; readonly ms: number }

/** Calls that are not for this operation: they come when they come. */
const elsewhere = new Set(['pool.attach', 'host.configure', 'host.facts'])
/** Answered without going through an effect: it can only be lost, or its agent die around it. */
const withoutEffect = new Set(['job.poll'])

export async function recordCleanRun(scenario: KillScenario, zoneFile: ZoneFile): Promise<CleanRun> {
  const world = await createWorld({ seed: 1, zoneFile })
  try {
    const vm = await scenario.prepare(world)
    scenario.bend?.(world.fleet.hosts(), world, vm)
    const points: string[] = []
    const calls: string[] = []
    world.onPoint = (point) => {
      points.push(`${point.at} ${point.step ?? ''}`.trim())
    }
    const bent = world.onCall
    world.onCall = (host, method) => {
      bent(host, method)
      if (!elsewhere.has(method)) calls.push(method)
    }
    const began = world.runtime.monotonic()
    await carryOut(world, ...scenario.command(world, vm))
    return { points, calls, ms: world.runtime.monotonic() - began }
  } finally {
    world.close()
  }
}

/**
 * Every blow against an operation: each fault point, each call in each way, and instants drawn by seed. With `struck`, a
 * way that goes as this one does at first, only the places after they part.
 */
export function planBlows(clean: CleanRun, instants: number, seed: number, struck?: CleanRun): readonly Blow[] {
  const random = mulberry32(seed)
  const points = commonStart(clean.points, struck?.points)
  const calls = commonStart(clean.calls, struck?.calls)
  return [
    ...clean.points.map((what, nth): Blow => ({ kind: 'point', nth, what })).slice(points),
    ...clean.calls
      .map((what, nth) => ({ what, nth }))
      .slice(calls)
      .flatMap(({ what, nth }) =>
        callMoments
          .filter((moment) => !withoutEffect.has(what) || !moment.includes('effect') || moment.startsWith('host'))
          .map((moment): Blow => ({ kind: 'call', nth, what, moment })),
      ),
    ...Array.from(
      { length: instants },
      (_, index): Blow => ({
        kind: 'instant',
        atMs: random() * clean.ms,
        victim: victims[(index + seed) % victims.length] as (typeof victims)[number],
        host: Math.floor(random() * 3),
      }),
    ),
  ]
}

function commonStart(names: readonly string[], others: readonly string[] = []): number {
  const parts = names.findIndex((name, nth) => name !== others[nth])
  return parts === -1 ? names.length : parts
}

export type KillResult = {
  /** False: the operation took another way and never came to the place. */
  readonly struck: boolean
  readonly wrongs: readonly string[]
  readonly job: 'succeeded' | 'failed' | 'none'
  readonly lines: readonly string[]
}

export function blowName(blow: Blow): string {
  if (blow.kind === 'point') return `server dies ${blow.what} (${blow.nth})`
  if (blow.kind === 'call') return `${blow.what} (${blow.nth}): ${blow.moment}`
  return `${blow.victim} dies after ${blow.atMs.toFixed(1)} ms (host ${blow.host})`
}

/** Plays the operation with one blow, brings back what was killed, waits for rest and asks the oracle. */
export async function playBlow(
  scenario: KillScenario,
  blow: Blow,
  zoneFile: ZoneFile,
  print?: (line: string) => void,
): Promise<KillResult> {
  const world = await createWorld({ seed: 1, zoneFile, ...(print ? { print } : {}) })
  try {
    const vm = await scenario.prepare(world)
    scenario.bend?.(world.fleet.hosts(), world, vm)
    const before = world.rows('select coalesce(max(id), 0) as id from async_job')[0].id
    const strike = arm(world, blow)
    const [command, params] = scenario.command(world, vm)
    void world.api(command, params)
    await world.advance(5)
    await world.until('the operation rests', () => isQuiet(world), { maxMs: 40_000, stepMs: 50 }).catch(() => undefined)
    const wrongs = await settle(world)
    const [job] = world.rows('select job_status from async_job where id > ? order by id limit 1', before)
    return {
      struck: strike(),
      wrongs,
      job: job === undefined ? 'none' : job.job_status === 1 ? 'succeeded' : 'failed',
      lines: world.trace.lines(),
    }
  } finally {
    world.close()
  }
}

/** Lies in wait; the answer says whether the place was reached. */
function arm(world: SimulatedWorld, blow: Blow): () => boolean {
  let struck = false
  let at = 0
  const downMs = 3000
  if (blow.kind === 'instant') {
    world.runtime.after(blow.atMs, () => {
      struck = true
      killNow(world, blow.victim, world.fleet.host(blow.host), downMs)
    })
    return () => struck
  }
  if (blow.kind === 'point') {
    world.onPoint = () => {
      if (struck || at++ !== blow.nth) return
      struck = true
      world.killServer(downMs)
    }
    return () => struck
  }
  let hit: { readonly host: SimulatedHost; readonly method: string } | undefined
  const { moment } = blow
  const bent = world.onCall
  world.onCall = (host, method) => {
    bent(host, method)
    if (elsewhere.has(method) || hit !== undefined || at++ !== blow.nth) return
    hit = { host, method }
    const reply = moment === 'agent dies after its reply' || moment.startsWith('server dies before')
    if (reply || moment === 'host dies after the effect') return
    struck = true
    if (moment === 'request lost') host.fail(method as never, { when: 'lost-request' })
    if (moment === 'reply lost') host.fail(method as never, { when: 'lost-reply' })
    // Only guests are libvirt's; a program that fails on a disk stands for the rest.
    const code = method.startsWith('vm.') ? ({ code: 'agent.libvirt-down' } as const) : {}
    if (moment === 'libvirtd dies before the effect') host.fail(method as never, { when: 'before-effect', ...code })
    if (moment === 'libvirtd dies after the effect') host.fail(method as never, { when: 'after-effect', ...code })
    if (moment === 'agent dies before the effect') host.fail(method as never, { when: 'crash-before-effect' })
    if (moment === 'agent dies after the effect') host.fail(method as never, { when: 'crash-after-effect' })
    if (moment.startsWith('agent')) world.runtime.after(downMs, () => host.state() === 'crashed' && host.start())
    if (moment === 'host dies before the effect') killNow(world, 'host', host, downMs)
    if (moment === 'server dies after it has asked') world.killServer(downMs)
  }
  world.onReply = (host, method) => {
    if (struck || hit === undefined || hit.host !== host || hit.method !== method) return false
    struck = true
    if (moment === 'agent dies after its reply') {
      killNow(world, 'agent', host, downMs)
      return false
    }
    if (moment === 'host dies after the effect') killNow(world, 'host', host, downMs)
    else world.killServer(downMs)
    return true
  }
  return () => struck
}

function killNow(world: SimulatedWorld, victim: (typeof victims)[number], host: SimulatedHost, downMs: number): void {
  world.trace.note(`${victim === 'server' ? '' : `${host.profile.name}: `}${victim} is killed`)
  if (victim === 'server') world.killServer(downMs)
  else if (victim === 'libvirtd') host.fail('*', { when: 'after-effect', code: 'agent.libvirt-down' })
  else {
    if (victim === 'agent') host.crash()
    else host.powerOff()
    world.runtime.after(victim === 'agent' ? downMs : 20_000, () => host.state() !== 'running' && host.start())
  }
}
