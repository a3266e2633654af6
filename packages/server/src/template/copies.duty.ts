import type { Duty } from '../duties/duty.ts'
import { removeUnusedCopies } from './copies.ts'

/** Takes copies of deleted templates off pools once the last volume built on them is gone. */
export const removeCopiesDuty: Duty = {
  name: 'remove template copies',
  pauseMs: async (ctx) => (await ctx.config.number('storage.cleanup.interval')) * 1000,
  async run(ctx) {
    if (await ctx.config.flag('template.delete.from.primary.storage')) await removeUnusedCopies(ctx)
  },
}
