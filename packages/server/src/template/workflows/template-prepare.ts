import { errorText } from '@altostack/core'
import { defineWorkflow, RetryLater } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { hostsOfPool, stepTokens } from '../../storage/index.ts'
import { isLinkTrouble } from '../../vm/host-calls.ts'
import { ensureTemplateOnPool } from '../ensure-template.ts'

/** Brings a template's copy to pools before somebody waits for it. What is there already stays as it is. */
export type TemplatePrepareInput = { readonly templateId: number; readonly poolIds: readonly number[] }

export const templatePrepareWorkflow = defineWorkflow<ServerContext, TemplatePrepareInput, Database>('template.prepare')
  .step('bring', {
    do: async (s) => {
      const { ctx, input } = s
      for (const poolId of input.poolIds) {
        const hostId = (await hostsOfPool(ctx.db, poolId)).find((id) => ctx.agents.isConnected(id))
        if (hostId === undefined) throw new RetryLater(undefined, `no host of pool ${poolId} is connected`)
        try {
          await ensureTemplateOnPool(ctx, {
            templateId: input.templateId,
            poolId,
            hostId,
            tokens: await stepTokens(ctx, hostId, s, String(poolId)),
            signal: s.signal,
          })
        } catch (error) {
          if (isLinkTrouble(error)) throw new RetryLater(undefined, `host ${hostId}: ${errorText(error)}`)
          throw error
        }
      }
    },
    deadlineMs: 3 * 3_600_000,
  })
  .build()
