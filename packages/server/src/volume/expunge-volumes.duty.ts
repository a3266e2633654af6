import type { ServerContext } from '../context.ts'
import { transact } from '../db/transaction.ts'
import type { Duty } from '../duties/duty.ts'
import { expungeVolumes } from './expunge-volumes.ts'

/** Removes volumes for good that have been in the bin for storage.cleanup.delay. */
export const expungeVolumesDuty: Duty = {
  name: 'expunge-volumes',
  pauseMs: async (ctx) => (await ctx.config.number('storage.cleanup.interval')) * 1000,
  run: async (ctx) => {
    if (!(await ctx.config.flag('storage.cleanup.enabled'))) return
    await expungeDestroyed(ctx, (await ctx.config.number('storage.cleanup.delay')) * 1000)
  },
}

export async function expungeDestroyed(ctx: ServerContext, ageMs: number): Promise<number> {
  const rows = await ctx.db
    .selectFrom('volumes')
    .select('id')
    .where('state', '=', 'Destroy')
    .where('removed', 'is', null)
    .where('updated', '<', ctx.runtime.now() - ageMs)
    .limit(100)
    .execute()
  let begun = 0
  for (const { id } of rows) begun += await transact(ctx, (tx) => expungeVolumes(tx, ctx, [id]))
  return begun
}
