import { errorText } from '@altostack/core'
import { chaos, heal } from './chaos.ts'
import { operator } from './operators.ts'
import { findWrongs, isQuiet } from './oracle.ts'
import { createWorld, hostsUp, type SimulatedWorld } from './world.ts'
import type { ZoneFile } from './zone-file.ts'

export type SeedResult = {
  readonly seed: number
  /** Empty: the world was right at every instant and at the end. */
  readonly wrongs: readonly string[]
  /** SHA-256 of the ordered log. */
  readonly digest: string
  readonly lines: readonly string[]
  readonly virtualMs: number
  /** Ended runs by workflow and status: `vm.start succeeded`. */
  readonly runs: Readonly<Record<string, number>>
}

export type SeedOptions = {
  readonly zoneFile: ZoneFile
  readonly print?: (line: string) => void
  /** Virtual time in which orders are given and things break, ms. */
  readonly chaosMs?: number
  readonly operators?: number
}

/** Time in which whatever was left behind must have been found and put right, virtual ms. */
export const settlingMs = 2 * 3_600_000

/** One seed from start to verdict: orders and blows, then peace, then the oracle. */
export async function runSeed(seed: number, options: SeedOptions): Promise<SeedResult> {
  const world = await createWorld({
    seed,
    zoneFile: options.zoneFile,
    ...(options.print ? { print: options.print } : {}),
  })
  let wrongs: readonly string[]
  try {
    const end = world.runtime.monotonic() + (options.chaosMs ?? 120_000)
    const over = (): boolean => world.runtime.monotonic() >= end
    for (let index = 0; index < (options.operators ?? 4); index++) void operator(world, world.runtime.fork(), over)
    void chaos(world, world.runtime.fork(), over)
    await world.advance(end - world.runtime.monotonic())
    wrongs = await settle(world)
  } catch (error) {
    wrongs = [errorText(error), ...findWrongs(world)]
  }
  for (const wrong of wrongs) world.trace.note(`WRONG: ${wrong}`)
  const runs: Record<string, number> = {}
  for (const row of world.rows('select name, status, count(*) as n from workflow_run group by name, status')) {
    runs[`${row.name} ${row.status}`] = row.n
  }
  const result = {
    seed,
    wrongs,
    digest: world.trace.digest(),
    lines: world.trace.lines(),
    virtualMs: world.runtime.monotonic(),
    runs,
  }
  world.close()
  return result
}

/** Heals everything and waits until nothing is under way; answers what is wrong then. */
export async function settle(world: SimulatedWorld): Promise<readonly string[]> {
  heal(world)
  await world.until('the server is back', () => world.process() !== undefined, { maxMs: 120_000, stepMs: 1000 })
  await world.until('every host is Up', () => hostsUp(world), { maxMs: 900_000, stepMs: 1000 })
  const end = world.runtime.monotonic() + settlingMs
  for (;;) {
    // A quiet moment is no rest yet: reports may be under way that something still has to follow.
    await world.until('all runs, jobs and transitional states end', () => isQuiet(world), {
      maxMs: Math.max(1, end - world.runtime.monotonic()),
      stepMs: 1000,
    })
    await world.advance(60_000)
    if (!isQuiet(world)) continue
    const wrongs = findWrongs(world)
    if (wrongs.length === 0 || wrongs.some((wrong) => wrong.startsWith('NEVER')) || world.runtime.monotonic() > end) {
      return wrongs
    }
    await world.advance(60_000)
  }
}
