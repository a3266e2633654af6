import { AltoError } from '@altostack/core'
import { defineWorkflow, type Workflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { awaitedAmong, notBackYet } from '../../host/index.ts'
import { dropHostRefs, findPool, forgetPoolDetails, hostsOfPool } from '../pool.repository.ts'
import { movePoolStatus } from '../pool.states.ts'
import { hostPoolRef } from '../pool-ref.ts'
import { forgetTemplateCopies, templateCopiesOn } from '../template-copies.repository.ts'
import { stepTokens } from '../tokens.ts'

type PoolInput = { readonly poolId: number }

/** Takes the template copies off a pool that holds no volumes, detaches it everywhere, removes it. Other files stay. */
export const storagePoolDeleteWorkflow: Workflow = defineWorkflow<ServerContext, PoolInput, Database>(
  'storage-pool.delete',
)
  .step('remove-templates', {
    deadlineMs: 600_000,
    async do(s) {
      const { ctx } = s
      const pool = await findPool(ctx.db, s.input.poolId)
      const hostId = (await hostsOfPool(ctx.db, s.input.poolId)).find((id) => ctx.agents.isConnected(id))
      if (pool === undefined) return { left: 0 }
      if (hostId === undefined) {
        const awaited = await awaitedAmong(ctx.db, ctx, { poolId: pool.id })
        if (awaited.length > 0) throw notBackYet(ctx, `storage pool ${pool.name}`, awaited)
        return { left: 0 }
      }
      let left = 0
      for (const uuid of await templateCopiesOn(ctx.db, pool.id)) {
        const tokens = await stepTokens(ctx, hostId, s, uuid)
        try {
          await ctx.agents.call(hostId, 'template.remove', { tokens, pool: hostPoolRef(pool), templateUuid: uuid })
        } catch (error) {
          // A copy that somebody still builds on, or that cannot be reached, stays on the storage; the pool goes.
          if (!(error instanceof AltoError)) throw error
          left++
          ctx.log.warn({ pool: pool.name, template: uuid, err: error }, 'a template copy stays on a removed pool')
        }
      }
      return { left }
    },
  })
  .step('detach', {
    deadlineMs: 300_000,
    async do(s) {
      const { ctx } = s
      const pool = await findPool(ctx.db, s.input.poolId)
      if (pool === undefined) return
      for (const hostId of await hostsOfPool(ctx.db, pool.id)) {
        // A host that is away detaches at its next hello: the pool is not attached to it any more.
        if (!ctx.agents.isConnected(hostId)) continue
        const tokens = await stepTokens(ctx, hostId, s, `h${hostId}`)
        await ctx.agents.call(hostId, 'pool.detach', { tokens, pool: hostPoolRef(pool), release: true })
      }
    },
  })
  .transact('remove', {
    async do(tx, s) {
      const pool = await findPool(tx, s.input.poolId)
      if (pool === undefined) return
      await movePoolStatus(tx, s.ctx, pool, 'Remove', {
        cause: 'storage.delete',
        set: { removed: s.ctx.runtime.now(), allocated_bytes: 0 },
      })
      await dropHostRefs(tx, pool.id)
      await forgetTemplateCopies(tx, pool.id)
      await forgetPoolDetails(tx, pool.id)
    },
  })
  .build()
