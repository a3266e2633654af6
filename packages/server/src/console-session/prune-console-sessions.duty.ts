import type { Duty } from '../duties/duty.ts'
import { endConsolesOfDeadServers, pruneConsoleSessions } from './console-session.repository.ts'

/** Who looked at which console is kept for console.session.cleanup.retention.hours. */
export const pruneConsoleSessionsDuty: Duty = {
  name: 'prune-console-sessions',
  pauseMs: async () => 3_600_000,
  run: async (ctx) => {
    const keptMs = (await ctx.config.number('console.session.cleanup.retention.hours')) * 3_600_000
    await pruneConsoleSessions(ctx.db, ctx.runtime.now() - keptMs)
  },
}

/** What a server that was killed could not write: that its consoles have ended. */
export const endConsoleSessionsDuty: Duty = {
  name: 'end-console-sessions',
  pauseMs: async () => 60_000,
  run: (ctx) => endConsolesOfDeadServers(ctx.db, ctx.incarnation, ctx.runtime.now()),
}
