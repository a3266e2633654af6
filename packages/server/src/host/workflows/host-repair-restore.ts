import { checkFailure } from '@altostack/core'
import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { actOn } from '../doctor/repair.ts'
import { findHostRepairs, setHostRepairs } from '../host-repair.repository.ts'
import { withLook } from './host-repair.ts'

type RestoreInput = { readonly hostId: number; readonly repairId: number }

/** Goes back to what a repair found. */
export const hostRepairRestoreWorkflow = defineWorkflow<ServerContext, RestoreInput, Database>('host.repair-restore')
  .step('restore', {
    retry: { attempts: 2 },
    deadlineMs: 120_000,
    do: async (s) => await actAgain(s.ctx, s.input, 'restore'),
    undo: async (s) => await actAgain(s.ctx, s.input, 'apply'),
  })
  .transact('mark', {
    async do(tx, s) {
      await setHostRepairs(tx, [s.input.repairId], { state: 'Restored', restored: s.ctx.runtime.now() })
    },
  })
  .build()

async function actAgain(ctx: ServerContext, input: RestoreInput, act: 'apply' | 'restore'): Promise<void> {
  const [row] = await findHostRepairs(ctx.db, [input.repairId])
  if (row === undefined) throw checkFailure('repair.none', 'The repair is not known any more')
  const plan = { name: row.repair, check: row.check_name, state: row.before_state ?? '', changes: [] }
  await withLook(ctx, input.hostId, (look) => actOn(look, plan, act))
}
