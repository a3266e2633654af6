import { cancelStorageMaintenance } from '@altostack/api'
import { storageFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { poolLock, runOfPool } from '../maintenance.repository.ts'
import { findPool } from '../pool.repository.ts'
import { movePoolStatus } from '../pool.states.ts'
import { poolViews } from '../pool.view.ts'
import { storagePoolReturnWorkflow } from '../workflows/storage-pool-return.ts'

const states = ['PrepareForMaintenance', 'ErrorInMaintenance', 'Maintenance']

/** While the pool is still being prepared, that run is asked to end first; then the command is given again. */
export const handler = defineHandler(cancelStorageMaintenance, {
  eventText: ({ entities }) => `canceling maintenance for storage pool ${entities.id.name}`,
  async submit({ tx, ctx, entities }) {
    const pool = entities.id
    if (!states.includes(pool.status)) {
      throw storageFailure('storage.state', `Storage pool ${pool.name} is ${pool.status}`, {
        seen: `maintenance ends while ${states.join(', ')}`,
      })
    }
    const run = await runOfPool(tx, pool.id)
    if (run !== undefined) {
      await ctx.engine.cancel(tx, run.id)
      ctx.afterCommit(() => ctx.engine.wake(run.id))
    }
    await movePoolStatus(tx, ctx, pool, 'Cancel', { cause: 'storage.maintenance.cancel' })
    return {
      workflow: storagePoolReturnWorkflow,
      input: { poolId: pool.id },
      // The run that prepares holds the pool's lock until it has seen its end.
      lockKey: run === undefined ? poolLock(pool.id) : `${poolLock(pool.id)}/return`,
      instance: { type: 'StoragePool', id: pool.id, uuid: pool.uuid },
    }
  },
  async result({ db, ctx, entities }) {
    const pool = await findPool(db, entities.id.id)
    return (await poolViews(db, ctx, pool === undefined ? [] : [pool]))[0] ?? {}
  },
})
