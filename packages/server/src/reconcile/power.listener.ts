import type { HostListener } from '../agents/host-listener.ts'
import type { ServerContext } from '../context.ts'
import { reconcilePower } from './power-actions.ts'

/** Power reports of hosts: followed, or ended where they must not be. Runs that wait for the host are woken. */
export const powerListener: HostListener = {
  name: 'power',
  async domains(ctx, hostId, domains) {
    // Busy with its connection still: the hosts's answers to our questions come after its hello.
    await reconcilePower(ctx, hostId, domains, true)
  },
  async domain(ctx, hostId, domain) {
    await reconcilePower(ctx, hostId, [domain], false)
  },
  async up(ctx) {
    if (waking.has(ctx.runtime)) return
    waking.add(ctx.runtime)
    ctx.runtime.after(gatherMs, () => {
      waking.delete(ctx.runtime)
      wakeRuns(ctx).catch((error: unknown) => ctx.log.warn({ err: error }, 'runs that wait for a host'))
    })
  },
}

/** Thousands of hosts may come at once: runs are woken for all of them together. */
const gatherMs = 100
const waking = new WeakSet<ServerContext['runtime']>()

async function wakeRuns(ctx: ServerContext): Promise<void> {
  const waiting = await ctx.db.selectFrom('workflow_lock').select('run_id').where('lock_key', 'like', 'vm:%').execute()
  for (const { run_id } of waiting) ctx.engine.wake(run_id)
}
