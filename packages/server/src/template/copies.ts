import { AltoError } from '@altostack/core'
import { releasePool } from '../capacity/index.ts'
import type { ServerContext } from '../context.ts'
import { transact } from '../db/transaction.ts'
import { findPool, hostPoolRef, hostsOfPool } from '../storage/index.ts'
import { unusedCopies } from './template.repository.ts'

/**
 * Takes copies of deleted templates off their pools where nothing is built on them; what cannot be done now is tried
 * again by the clean-up. Answers how many went.
 */
export async function removeUnusedCopies(ctx: ServerContext, templateId?: number): Promise<number> {
  let removed = 0
  for (const copy of await unusedCopies(ctx.db, templateId)) {
    const pool = await findPool(ctx.db, copy.poolId)
    if (pool !== undefined) {
      const hostId = (await hostsOfPool(ctx.db, pool.id)).find((id) => ctx.agents.isConnected(id))
      if (hostId === undefined) continue
      const runId = `copy-${ctx.runtime.uuid()}`
      const key = `${runId}/remove`
      const host = await ctx.db
        .selectFrom('host')
        .select('incarnation')
        .where('id', '=', hostId)
        .executeTakeFirstOrThrow()
      const tokens = { key, runId, runEpoch: 0, hostIncarnation: host.incarnation }
      try {
        await ctx.agents.call(hostId, 'template.remove', {
          tokens,
          pool: hostPoolRef(pool),
          templateUuid: copy.templateUuid,
        })
      } catch (error) {
        if (!(error instanceof AltoError)) throw error
        ctx.log.info(
          { pool: pool.name, template: copy.templateUuid, code: error.code },
          'a template copy stays for now',
        )
        continue
      } finally {
        ctx.agents.acknowledge(hostId, [key])
      }
    }
    await transact(ctx, async (tx) => {
      const { numDeletedRows } = await tx.deleteFrom('template_spool_ref').where('id', '=', copy.id).executeTakeFirst()
      if (numDeletedRows === 1n) await releasePool(tx, copy.poolId, copy.bytes)
    })
    removed++
  }
  return removed
}
