import { deleteInSlices } from '../db/delete-in-slices.ts'
import type { Duty } from '../duties/duty.ts'
import { feedBounds } from './feed.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Forgets state changes that followers had alto.feed.keep.hours to read. */
export const pruneFeedDuty: Duty = {
  name: 'prune-feed',
  pauseMs: async () => hourMs,
  run: async (ctx) => {
    const before = ctx.runtime.now() - (await ctx.config.number('alto.feed.keep.hours')) * hourMs
    const last = await ctx.db
      .selectFrom('change_feed')
      .select((e) => e.fn.max('id').as('id'))
      .where('at', '<', before)
      .executeTakeFirst()
    const { last: newest } = await feedBounds(ctx.db)
    // The newest row stays: it tells a follower that comes back whether it missed any.
    const upTo = Math.min(Number(last?.id ?? 0), newest - 1)
    if (upTo <= 0) return
    await deleteInSlices(
      ctx.runtime,
      (limit) =>
        ctx.db.selectFrom('change_feed').select('id').where('id', '<=', upTo).orderBy('id').limit(limit).execute(),
      (ids) => ctx.db.deleteFrom('change_feed').where('id', 'in', ids).execute(),
    )
  },
}

/** Deletes events older than event.purge.delay days. */
export const pruneEventsDuty: Duty = {
  name: 'prune-events',
  pauseMs: async (ctx) => (await ctx.config.number('event.purge.interval')) * 1000,
  run: async (ctx) => {
    const days = await ctx.config.number('event.purge.delay')
    if (days <= 0) return
    const before = ctx.runtime.now() - days * dayMs
    await deleteInSlices(
      ctx.runtime,
      (limit) => ctx.db.selectFrom('event').select('id').where('created', '<', before).limit(limit).execute(),
      (ids) => ctx.db.deleteFrom('event').where('id', 'in', ids).execute(),
    )
  },
}
