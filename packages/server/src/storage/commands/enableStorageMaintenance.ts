import { enableStorageMaintenance } from '@altostack/api'
import { storageFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { guestsOnPool, poolLock } from '../maintenance.repository.ts'
import { findPool, type Pool } from '../pool.repository.ts'
import { movePoolStatus } from '../pool.states.ts'
import { poolViews } from '../pool.view.ts'
import { guestsRun, storagePoolMaintenanceWorkflow } from '../workflows/storage-pool-maintenance.ts'

const cause = 'storage.maintenance'

export const handler = defineHandler(enableStorageMaintenance, {
  eventText: ({ entities }) => `preparing storage pool ${entities.id.name} for maintenance`,
  async submit({ tx, ctx, entities, input, dryrun }) {
    const pool = entities.id
    refuseState(pool)
    const stopVms = input.stopvms === true
    const guests = await guestsOnPool(tx, pool.id)
    // A dry run tells refusals beside what would be done; they come from its plan.
    if (guests.length > 0 && !stopVms && !dryrun) throw guestsRun(pool, guests)
    await movePoolStatus(tx, ctx, pool, 'AskMaintenance', { cause })
    return {
      workflow: storagePoolMaintenanceWorkflow,
      input: { poolId: pool.id, poolName: pool.name, stopVms },
      lockKey: poolLock(pool.id),
      instance: { type: 'StoragePool', id: pool.id, uuid: pool.uuid },
    }
  },
  async plan({ tx, entities, input }) {
    refuseState(entities.id)
    const guests = await guestsOnPool(tx, entities.id.id)
    const stops = input.stopvms === true
    return {
      moves: [
        ...(stops
          ? guests.map((guest) => ({ entity: guest.uuid, name: guest.name, from: guest.state, to: 'Stopped' }))
          : []),
        { entity: entities.id.uuid, name: entities.id.name, from: entities.id.status, to: 'Maintenance' },
      ],
      refusals: stops
        ? []
        : guests.map((guest) => ({
            code: 'storage.maintenance-vms',
            entity: guest.uuid,
            seen: `${guest.name} is ${guest.state}`,
            fix: 'Move its volumes to another pool, stop it, or give stopvms=true.',
          })),
    }
  },
  async result({ db, ctx, entities }) {
    const pool = await findPool(db, entities.id.id)
    return (await poolViews(db, ctx, pool === undefined ? [] : [pool]))[0] ?? {}
  },
})

function refuseState(pool: Pool): void {
  if (pool.status === 'Up' || pool.status === 'ErrorInMaintenance') return
  throw storageFailure('storage.state', `Storage pool ${pool.name} is ${pool.status}`, {
    seen: 'maintenance begins while Up or ErrorInMaintenance',
  })
}
