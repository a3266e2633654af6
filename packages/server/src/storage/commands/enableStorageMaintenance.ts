import { enableStorageMaintenance } from '@altostack/api'
import { type JsonObject, storageFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import type { ServerContext } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { guestsOnPool, type PoolGuest, poolLock } from '../maintenance.repository.ts'
import { findPool, type Pool } from '../pool.repository.ts'
import { movePoolStatus } from '../pool.states.ts'
import { poolViews } from '../pool.view.ts'
import { type GuestMove, nextMove } from '../pool-evacuation.ts'
import { guestsStay, storagePoolMaintenanceWorkflow } from '../workflows/storage-pool-maintenance.ts'

const cause = 'storage.maintenance'

export const handler = defineHandler(enableStorageMaintenance, {
  eventText: ({ entities }) => `preparing storage pool ${entities.id.name} for maintenance`,
  async submit({ tx, ctx, entities, input, dryrun }) {
    const pool = entities.id
    refuseState(pool)
    const stopVms = input.stopvms === true
    // A dry run tells refusals beside what would be done; they come from its plan.
    if (!stopVms && !dryrun) {
      const stays = (await plannedMoves(tx, ctx, pool)).flatMap(({ guest, move }) =>
        move.kind === 'refused' ? [{ guest, seen: move.seen }] : [],
      )
      if (stays.length > 0) throw guestsStay(pool, stays)
    }
    await movePoolStatus(tx, ctx, pool, 'AskMaintenance', { cause })
    return {
      workflow: storagePoolMaintenanceWorkflow,
      input: { poolId: pool.id, poolName: pool.name, stopVms },
      lockKey: poolLock(pool.id),
      instance: { type: 'StoragePool', id: pool.id, uuid: pool.uuid },
    }
  },
  async plan({ tx, ctx, entities, input }) {
    const pool = entities.id
    refuseState(pool)
    const ends = { entity: pool.uuid, name: pool.name, from: pool.status, to: 'Maintenance' }
    if (input.stopvms === true) {
      const guests = await guestsOnPool(tx, pool.id)
      const stops = guests.map(({ uuid, name, state }) => ({ entity: uuid, name, from: state, to: 'Stopped' }))
      return { moves: [...stops, ends] }
    }
    const planned = await plannedMoves(tx, ctx, pool)
    return {
      moves: [
        ...planned.flatMap(({ guest, move }): JsonObject[] => {
          if (move.kind === 'volume') {
            return [{ entity: move.volume.uuid, name: move.volume.name, of: guest.name, from: pool.name, to: move.to }]
          }
          return move.kind === 'guest' ? [{ entity: guest.uuid, name: guest.name, from: pool.name, host: move.to }] : []
        }),
        ends,
      ],
      refusals: planned.flatMap(({ guest, move }) =>
        move.kind === 'refused'
          ? [
              {
                code: 'storage.maintenance-vms',
                entity: guest.uuid,
                seen: `${guest.name} is ${guest.state} and cannot move: ${move.seen}`,
                fix: 'Make room for its volumes on another pool, stop it, or give stopvms=true.',
              },
            ]
          : [],
      ),
    }
  },
  async result({ db, ctx, entities }) {
    const pool = await findPool(db, entities.id.id)
    return (await poolViews(db, ctx, pool === undefined ? [] : [pool]))[0] ?? {}
  },
})

/** The first move of each guest; where it has several disks on the pool the others follow one by one. */
async function plannedMoves(
  tx: Tx,
  ctx: ServerContext,
  pool: Pool,
): Promise<{ readonly guest: PoolGuest; readonly move: GuestMove }[]> {
  const planned: { guest: PoolGuest; move: GuestMove }[] = []
  for (const guest of await guestsOnPool(tx, pool.id)) {
    planned.push({ guest, move: await nextMove(tx, ctx, pool, guest) })
  }
  return planned
}

function refuseState(pool: Pool): void {
  if (pool.status === 'Up' || pool.status === 'ErrorInMaintenance') return
  throw storageFailure('storage.state', `Storage pool ${pool.name} is ${pool.status}`, {
    seen: 'maintenance begins while Up or ErrorInMaintenance',
  })
}
