import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { insufficientCapacity, loadSnapshot, type PlacementSnapshot, planPlacement } from '../placement/index.ts'
import { requireVmState, vmDemand, vmLock, vmMigrateWorkflow } from '../vm/index.ts'
import { beginMigrate, hasVmSnapshots, poolsForMigration, type Volume } from '../volume/index.ts'
import { findPool, type Pool } from './pool.repository.ts'

type Guest = Row<'vm_instance'>
/** How a running guest leaves a pool: a disk moves under it, or it moves to another host with its disks. */
export type GuestMove =
  | { readonly kind: 'volume'; readonly volume: Volume; readonly toPoolId: number; readonly to: string }
  | { readonly kind: 'guest'; readonly hostId: number; readonly to: string }
  | { readonly kind: 'refused'; readonly seen: string }

/** The next move that takes something of the guest off the pool; changes nothing. */
export async function nextMove(db: Queries, ctx: ServerContext, pool: Pool, guest: Guest): Promise<GuestMove> {
  const [volume] = await db
    .selectFrom('volumes')
    .selectAll()
    .where('instance_id', '=', guest.id)
    .where('pool_id', '=', pool.id)
    .where('removed', 'is', null)
    .orderBy('device_id')
    .limit(1)
    .execute()
  if (volume === undefined) return { kind: 'refused', seen: `${guest.name} has no disk on it any more` }
  if (!(await ctx.config.flag('enable.storage.migration', {}, db))) {
    return { kind: 'refused', seen: 'enable.storage.migration is false: volumes do not move' }
  }
  if (await hasVmSnapshots(db, guest.id)) {
    return { kind: 'refused', seen: `${guest.name} has VM snapshots, which live inside its disks` }
  }
  const judged = (await poolsForMigration(db, ctx, volume)).filter(({ pool: other }) => other.id !== pool.id)
  const fits = judged.find(({ refusal }) => refusal === undefined)
  if (fits !== undefined) return { kind: 'volume', volume, toPoolId: fits.pool.id, to: fits.pool.name }
  return await guestMove(db, ctx, pool, guest)
}

/** No pool of its host takes the disk: the guest goes where one does. */
async function guestMove(db: Queries, ctx: ServerContext, pool: Pool, guest: Guest): Promise<GuestMove> {
  const demand = await vmDemand(db, guest, {
    considerLastHost: false,
    allowDisabled: false,
    moving: true,
    acrossClusters: await ctx.config.flag('migrate.vm.across.clusters', { zoneId: guest.data_center_id }, db),
    movable: new Map(),
    avoid: new Map(guest.host_id === null ? [] : [[guest.host_id, 'has no other pool that takes the disk']]),
  })
  const result = planPlacement(without(await loadSnapshot(db, ctx), pool), demand, { random: ctx.runtime.random })
  const host = result.candidates[0]?.host
  if (host !== undefined) return { kind: 'guest', hostId: host.id, to: host.name }
  const error = insufficientCapacity(demand, result)
  return { kind: 'refused', seen: error.seen ?? error.message }
}

/** The pool takes nothing more and lets nothing stay. */
function without(snapshot: PlacementSnapshot, pool: Pool): PlacementSnapshot {
  const view = snapshot.pools.get(pool.id)
  if (view === undefined) return snapshot
  return { ...snapshot, pools: new Map(snapshot.pools).set(pool.id, { ...view, status: 'PrepareForMaintenance' }) }
}

/** Begins the move under the guest's lock; throws LockBusy while something else works on it. */
export async function beginGuestMove(
  tx: Tx,
  ctx: ServerContext,
  guest: Guest,
  move: Exclude<GuestMove, { kind: 'refused' }>,
  runId: string,
): Promise<void> {
  requireVmState(guest, ['Running'], 'moving its disks')
  if (move.kind === 'guest') {
    const input = {
      vmId: guest.id,
      sourceHostId: guest.host_id as number,
      destinationHostId: move.hostId,
      withVolumes: true,
    }
    await ctx.engine.start(tx, vmMigrateWorkflow, input, { id: runId, lockKey: vmLock(guest.id) })
    return
  }
  const target = await findPool(tx, move.toPoolId)
  if (target === undefined) return
  const { workflow, input } = await beginMigrate(tx, ctx, move.volume, target, { live: true, offering: undefined })
  await ctx.engine.start(tx, workflow, input, { id: runId, lockKey: vmLock(guest.id) })
}
