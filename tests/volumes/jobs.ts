import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '@altostack/api'
import type { Killed, World } from './world.ts'

export type Job = {
  readonly ok: boolean
  readonly id: string
  /** The guest must be stopped and started before this can be done to it: libvirtd died in a bad moment. */
  readonly lostBackup: boolean
}
export type JobReport = {
  readonly succeeded: Record<string, number>
  readonly failed: Record<string, number>
  readonly kills: Record<Killed, number>
}

export type Jobs = {
  readonly report: JobReport
  /**
   * One job, perhaps with kills on its way. Throws when it is refused, when it does not end in time, and when it fails
   * although nothing was killed or only what must not matter.
   */
  readonly run: (
    name: string,
    instanceName: string,
    start: () => Promise<{ jobid: string; id?: string }>,
  ) => Promise<Job>
}

/** Longest time that a job may take, kills and restarts of everything included. */
const jobMs = 240_000
/** Named by the product, whose remedy is the operator's. */
const lost = /has a backup that libvirt lost/
const busy = /still being removed|still running|is in use by|not back yet/

/** Shares of the kills. */
const shares: readonly (readonly [Killed, number])[] = [
  ['server', 0.35],
  ['agent', 0.3],
  ['libvirtd', 0.13],
  ['guest', 0.12],
  ['host', 0.1],
]

function victim(at: number): Killed {
  let left = at
  for (const [what, share] of shares) {
    left -= share
    if (left < 0) return what
  }
  return 'server'
}

export function createJobs(world: World, random: () => number, killShare: number): Jobs {
  const report: JobReport = {
    succeeded: {},
    failed: {},
    kills: { server: 0, agent: 0, libvirtd: 0, guest: 0, host: 0 },
  }
  const count = (counts: Record<string, number>, name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1
  }

  function victims(): Killed[] {
    const chosen: Killed[] = []
    // Sometimes a second one: what repairs the first death may be what dies.
    for (let left = killShare; random() < left; left = 0.2) {
      chosen.push(victim(random()))
      if (chosen.length === 2) break
    }
    return chosen
  }

  async function begin(name: string, start: () => Promise<{ jobid: string; id?: string }>) {
    for (let at = 0; ; at++) {
      try {
        return await start()
      } catch (error) {
        // What an earlier operation left is still being cleared away; it says so, and a client asks again.
        if (!(error instanceof ApiError) || !busy.test(error.message) || at >= 60) {
          throw new Error(`${name} was refused`, { cause: error })
        }
        await sleep(500)
      }
    }
  }

  return {
    report,
    async run(name, instanceName, start) {
      // Drawn before anything happens: the draws do not depend on how fast things are.
      const killed = victims()
      const pauses = killed.map(() => (random() < 0.7 ? random() * 500 : random() * 3000))
      const begun = await begin(name, start)
      for (const [at, what] of killed.entries()) {
        await sleep(pauses[at])
        await world.kill(what, instanceName)
        report.kills[what]++
      }
      if (killed.length > 0) await world.heal()
      const failure = await world.client.wait(begun.jobid, { timeoutMs: jobMs }).then(
        () => undefined,
        (error: unknown) => {
          if (!(error instanceof ApiError) || error.errorcode === 408) throw error
          return error
        },
      )
      if (killed.length > 0) await world.heal()
      if (process.env.ALTO_TEST_LOG !== undefined) {
        const how = killed.length === 0 ? '' : ` with ${killed.join(', ')} killed`
        process.stderr.write(`${name}${how}: ${failure === undefined ? 'done' : failure.message}\n`)
      }
      if (failure === undefined) count(report.succeeded, name)
      else {
        if (killed.every((what) => what === 'server' || what === 'agent') && !lost.test(failure.message)) {
          throw new Error(`${name} failed; killed: ${killed.join(', ') || 'nothing'}`, { cause: failure })
        }
        count(report.failed, name)
      }
      const lostBackup = failure !== undefined && lost.test(failure.message)
      return { ok: failure === undefined, id: String(begun.id ?? ''), lostBackup }
    },
  }
}
