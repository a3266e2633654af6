import { errorText } from '@altostack/core'
import type { Duty } from '../duties/duty.ts'
import { reconcilePower } from './power-actions.ts'

/**
 * Asks every connected host for all its guests now and then. Reports are pushed; this is for the one that was lost
 * between a host and a server that both went on.
 */
export const powerSweepDuty: Duty = {
  name: 'power-sweep',
  pauseMs: async () => 600_000,
  run: async (ctx) => {
    const hosts = await ctx.db.selectFrom('host').select('id').where('removed', 'is', null).orderBy('id').execute()
    for (const { id } of hosts) {
      if (!ctx.agents.isConnected(id)) continue
      try {
        const { domains } = await ctx.agents.call(id, 'vm.list', {})
        await reconcilePower(ctx, id, domains, true)
      } catch (error) {
        ctx.log.warn({ hostId: id, err: error }, `a host could not be asked for its guests: ${errorText(error)}`)
      }
    }
  },
}
