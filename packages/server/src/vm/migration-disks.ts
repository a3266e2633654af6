import type { DiskCopy } from '@altostack/agent-api'
import { AltoError, apiFailure, errorText, virtualMachineFailure } from '@altostack/core'
import { RetryLater } from '@altostack/workflow'
import { claimPool, releasePool } from '../capacity/index.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Tx } from '../db/database.ts'
import { type PlacementSnapshot, poolLimit } from '../placement/index.ts'
import { hostPoolRef, requirePool } from '../storage/index.ts'
import {
  callSite,
  formatOf,
  leftoverLock,
  moveVolume,
  refuseVmSnapshots,
  requireVolume,
  requireVolumeState,
  type Site,
  undoSite,
  volumeClearWorkflow,
} from '../volume/index.ts'
import type { StepTokens } from './host-calls.ts'
import { requireVm } from './vm.repository.ts'
import type { VmSpec } from './vm-spec.ts'

/** A disk that goes along with its guest to another pool; bytes as the guest sees them. */
export type DiskMove = {
  readonly volumeId: number
  readonly fromPoolId: number
  readonly toPoolId: number
  readonly bytes: number
}
type S = StepTokens & { readonly ctx: ServerContext; readonly signal: AbortSignal; readonly attempt: number }
const cause = 'vm.migrate'

/** The disks as hosts name them, with what their copies will take at most. */
export async function diskCopies(db: Queries, moves: readonly DiskMove[]): Promise<DiskCopy[]> {
  const copies: DiskCopy[] = []
  for (const move of moves) {
    const volume = await requireVolume(db, move.volumeId)
    const template =
      volume.template_id === null
        ? undefined
        : await db
            .selectFrom('template_store_ref')
            .select('physical_size')
            .where('template_id', '=', volume.template_id)
            .executeTakeFirst()
    copies.push({
      volumeUuid: volume.uuid,
      from: await poolRef(db, move.fromPoolId),
      to: await poolRef(db, move.toPoolId),
      format: formatOf(volume),
      sizeBytes: volume.size,
      // The copy is whole: what the disk shares with its template is copied too.
      physicalBytes: Math.min(volume.size, (volume.physical_size ?? 0) + (template?.physical_size ?? 0)),
    })
  }
  return copies
}

/** The guest as the destination has it. */
export function specThere(spec: VmSpec, copies: readonly DiskCopy[]): VmSpec {
  const disks = spec.disks.map((disk) => {
    const copy = copies.find(({ volumeUuid }) => volumeUuid === disk.volumeUuid)
    return copy === undefined ? disk : { ...disk, pool: copy.to }
  })
  return { ...spec, disks }
}

/** Refuses disks that cannot go along now. Before anything is changed, and again in the transaction that claims. */
export async function requireMovable(db: Queries, vmId: number, moves: readonly DiskMove[]): Promise<void> {
  if (moves.length === 0) return
  await refuseVmSnapshots(db, vmId)
  for (const move of moves) {
    const volume = await requireVolume(db, move.volumeId)
    requireVolumeState(volume, ['Ready'], 'moving it with its virtual machine')
    const lock = leftoverLock(move.toPoolId, move.volumeId)
    const row = await db.selectFrom('workflow_lock').select('run_id').where('lock_key', '=', lock).executeTakeFirst()
    if (row === undefined) continue
    throw apiFailure('api.in-use', `What volume ${volume.name} left on the pool is still being removed`, {
      seen: `run ${row.run_id}`,
      fix: 'Wait until that has ended.',
    })
  }
}

/** Claims the space of the copies and says of the volumes that they move. */
export async function claimDiskMoves(
  tx: Tx,
  ctx: ServerContext,
  snapshot: PlacementSnapshot,
  vmId: number,
  moves: readonly DiskMove[],
): Promise<void> {
  await requireMovable(tx, vmId, moves)
  for (const move of moves) {
    const volume = await requireVolume(tx, move.volumeId)
    const pool = snapshot.pools.get(move.toPoolId)
    if (pool === undefined || !(await claimPool(tx, move.toPoolId, move.bytes, poolLimit(pool)))) {
      const vm = await requireVm(tx, vmId)
      throw virtualMachineFailure(
        'virtual-machine.migration-refused',
        `${vm.name} cannot be migrated: storage pool ${pool?.name ?? move.toPoolId} was filled or withdrawn meanwhile`,
        { fix: 'Migrate again: the planner looks for another pool.' },
      )
    }
    await moveVolume(tx, ctx, volume, 'MigrationRequested', { cause, evidence: { pool: pool.uuid } })
  }
}

/** The guest has the copies, or left its newest data in them, whatever becomes of the run: the volumes are those now. */
export async function followDisks(db: Queries, moves: readonly DiskMove[]): Promise<void> {
  for (const { volumeId, fromPoolId, toPoolId } of moves) {
    await db
      .updateTable('volumes')
      .set({ pool_id: toPoolId, last_pool_id: fromPoolId })
      .where('id', '=', volumeId)
      .execute()
  }
}

/** Whether `followDisks` has said that the copies are the volumes. */
export async function disksAreThere(db: Queries, moves: readonly DiskMove[]): Promise<boolean> {
  const [first] = moves
  return first !== undefined && (await requireVolume(db, first.volumeId)).pool_id === first.toPoolId
}

/** Removes copies that are no volumes from the destination. */
export async function removeCopies(s: S, destination: Site, moves: readonly DiskMove[]): Promise<void> {
  const { ctx } = s
  if (moves.length === 0 || (await disksAreThere(ctx.db, moves))) return
  for (const { volumeId, toPoolId } of moves) {
    const { uuid } = await requireVolume(ctx.db, volumeId)
    const pool = await ctx.db
      .selectFrom('storage_pool')
      .selectAll()
      .where('id', '=', toPoolId)
      .executeTakeFirstOrThrow()
    if (pool.removed !== null) continue
    const site = await undoSite(ctx, destination, toPoolId)
    try {
      const part = `remove-${volumeId}-${s.epoch}-${s.attempt}`
      await callSite(ctx, s, site, 'volume.remove', { pool: hostPoolRef(pool), volumeUuid: uuid }, { part })
    } catch (error) {
      // A copy that the incoming guest still has open goes as soon as that has ended.
      if (!(error instanceof AltoError) || error.code !== 'volume.in-use') throw error
      throw new RetryLater(undefined, `a copy is still open: ${errorText(error)}`)
    }
  }
}

/**
 * The migration is over: each volume is on the pool that has its data, the other pool's claim is given back and its file
 * removed by a run of its own where that is the source's, after this commit.
 */
export async function endDiskMoves(
  tx: Tx,
  ctx: ServerContext,
  moves: readonly DiskMove[],
  end: { readonly there: boolean; readonly failed: boolean; readonly source: Site },
): Promise<void> {
  for (const { volumeId, fromPoolId, toPoolId, bytes } of moves) {
    const volume = await requireVolume(tx, volumeId)
    await releasePool(tx, end.there ? fromPoolId : toPoolId, bytes)
    await moveVolume(tx, ctx, volume, end.failed ? 'OperationFailed' : 'OperationSucceeded', {
      cause,
      set: end.there ? { pool_id: toPoolId, last_pool_id: fromPoolId } : {},
    })
    if (!end.there) continue
    const left = { volumeId, poolId: fromPoolId, site: end.source }
    const runId = await ctx.engine.start(tx, volumeClearWorkflow, left, { lockKey: leftoverLock(fromPoolId, volumeId) })
    ctx.afterCommit(() => ctx.engine.kick(runId))
  }
}

async function poolRef(db: Queries, id: number): Promise<DiskCopy['to']> {
  return hostPoolRef(await requirePool(db, id))
}
