import type { Runtime } from '@altostack/core'
import type { GuestStats, HostStats } from './schema/stats.ts'
import type { Session } from './session.ts'

/** Settings of the server that its hello hands on: ms between reports; 0 or absent: none. */
export const statIntervals = { host: 'host.stats.interval', guests: 'vm.stats.interval' } as const

export type StatsLoopOptions = {
  readonly runtime: Runtime
  readonly session: () => Session
  /** `spanMs`: since the report before. Undefined: nothing to compare with yet. */
  readonly host: (spanMs: number) => Promise<HostStats | undefined> | HostStats | undefined
  readonly guests: (spanMs: number) => Promise<readonly GuestStats[]> | readonly GuestStats[]
  readonly onError: (error: unknown) => void
}
export type StatsLoop = {
  /** Takes the intervals of a hello; what has not changed goes on as it is. */
  readonly follow: (settings: Readonly<Record<string, string>>) => void
  readonly stop: () => void
}

/** Reports what host and guests use, each at its own interval; a report that fails is lost and the next one is due as ever. */
export function createStatsLoop(options: StatsLoopOptions): StatsLoop {
  const { runtime } = options
  const turns = {
    host: createTurn(runtime, async (spanMs) => {
      const host = await options.host(spanMs)
      if (host !== undefined) await send({ spanMs, host })
    }),
    guests: createTurn(runtime, async (spanMs) => {
      const guests = await options.guests(spanMs)
      if (guests.length > 0) await send({ spanMs, guests: [...guests] })
    }),
  }

  async function send(stats: { spanMs: number; host?: HostStats; guests?: GuestStats[] }): Promise<void> {
    const session = options.session()
    if (session.primary !== undefined) await session.report('report.stats', { clock: runtime.now(), ...stats })
  }

  function createTurn(clock: Runtime, act: (spanMs: number) => Promise<void>) {
    let intervalMs = 0
    let cancel = (): void => {}
    let last = 0
    const next = (inMs: number): void => {
      cancel = clock.after(inMs, () => {
        const now = clock.monotonic()
        const spanMs = Math.max(1, Math.round(now - last))
        last = now
        const own = intervalMs
        void act(spanMs)
          .catch(options.onError)
          .finally(() => {
            if (intervalMs === own && own > 0) next(Math.max(1, own - (clock.monotonic() - now)))
          })
      })
    }
    return (wanted: number): void => {
      if (wanted === intervalMs) return
      cancel()
      intervalMs = wanted
      last = clock.monotonic()
      // Spread over the interval, so that thousands of hosts do not report together.
      if (wanted > 0) next(Math.ceil(wanted * clock.random()))
    }
  }

  return {
    follow(settings) {
      for (const [name, turn] of Object.entries(turns)) {
        const wanted = Number(settings[statIntervals[name as keyof typeof turns]] ?? 0)
        turn(Number.isFinite(wanted) && wanted > 0 ? wanted : 0)
      }
    },
    stop() {
      for (const turn of Object.values(turns)) turn(0)
    },
  }
}
