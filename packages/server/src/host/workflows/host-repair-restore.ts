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
    retry: { attempts: 1 },
    deadlineMs: 120_000,
    async do(s) {
      const [row] = await findHostRepairs(s.ctx.db, [s.input.repairId])
      if (row === undefined) throw checkFailure('repair.none', 'The repair is not known any more')
      const plan = { name: row.repair, check: row.check_name, state: row.before_state ?? '', changes: [] }
      await withLook(s.ctx, s.input.hostId, (look) => actOn(look, plan, 'restore'))
    },
  })
  .transact('mark', {
    async do(tx, s) {
      await setHostRepairs(tx, [s.input.repairId], { state: 'Restored', restored: s.ctx.runtime.now() })
    },
  })
  .build()
