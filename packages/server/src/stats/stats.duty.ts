import type { Duty } from '../duties/duty.ts'
import { samplePlaces } from './sample-places.ts'

/** Writes what has come, so that a kill loses half a minute of charts. */
export const writeStatsDuty: Duty = {
  name: 'write-stats',
  pauseMs: async () => 5000,
  run: (ctx) => ctx.stats.write(),
}

/** Learns what other servers' hosts report, and after a start what the life before knew. */
export const followStatsDuty: Duty = {
  name: 'follow-stats',
  pauseMs: async () => 15_000,
  run: (ctx) => ctx.stats.follow(),
}

/** Down-samples and forgets. */
export const rollUpStatsDuty: Duty = {
  name: 'roll-up-stats',
  pauseMs: async () => 60_000,
  run: async (ctx) => ctx.stats.rollUp((await ctx.config.number('vm.stats.max.retention.time')) * 60_000),
}

/** Sums hosts up to clusters and zones, and keeps how full pools are, for charts and the trend of capacity. */
export const samplePlacesDuty: Duty = {
  name: 'sample-places',
  // As often as hosts report, at most.
  pauseMs: async (ctx) => Math.min(60_000, Math.max(1000, await ctx.config.number('host.stats.interval'))),
  run: samplePlaces,
}
