import type { Result } from '@altostack/agent-api'
import { releasePool } from '../capacity/index.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Tx } from '../db/database.ts'
import { moveVolume, type Volume } from './volume.states.ts'

/** The file is being made on `poolId`, whose space the caller has claimed in the same transaction. */
export async function beginCreate(
  tx: Tx,
  ctx: ServerContext,
  volume: Volume,
  poolId: number,
  cause: string,
): Promise<Volume> {
  if (volume.state === 'Creating' || volume.state === 'Copying') {
    await tx.updateTable('volumes').set({ pool_id: poolId }).where('id', '=', volume.id).execute()
    return { ...volume, pool_id: poolId }
  }
  const event = volume.state === 'Uploaded' ? 'CopyRequested' : 'CreateRequested'
  return await moveVolume(tx, ctx, volume, event, { cause, set: { pool_id: poolId } })
}

/** The file is there. */
export async function endCreate(
  tx: Tx,
  ctx: ServerContext,
  volume: Volume,
  file: Result<'volume.create'>,
  cause: string,
): Promise<void> {
  if (volume.state !== 'Creating' && volume.state !== 'Copying') return
  await moveVolume(tx, ctx, volume, 'OperationSucceeded', {
    cause,
    set: { path: file.path, size: file.sizeBytes, physical_size: file.physicalBytes },
  })
}

/** The file was not made, or was removed again: the volume is a plan once more and its space is free. */
export async function abandonCreate(tx: Tx, ctx: ServerContext, volume: Volume, cause: string): Promise<void> {
  if (volume.state !== 'Creating' && volume.state !== 'Copying') return
  if (volume.pool_id !== null) await releasePool(tx, volume.pool_id, volume.size)
  await moveVolume(tx, ctx, volume, 'OperationFailed', { cause, set: { pool_id: null } })
}

/** The file is gone and so is the volume: its space is free, its row removed. */
export async function endVolume(tx: Tx, ctx: ServerContext, volume: Volume, cause: string): Promise<void> {
  if (volume.removed !== null) return
  let row = volume
  if (holdsSpace(row) && row.pool_id !== null) await releasePool(tx, row.pool_id, row.size)
  if (!['Destroy', 'Expunging'].includes(row.state)) {
    row = await moveVolume(tx, ctx, row, 'DestroyRequested', { cause })
  }
  if (row.state === 'Destroy') row = await moveVolume(tx, ctx, row, 'ExpungingRequested', { cause })
  await moveVolume(tx, ctx, row, 'OperationSucceeded', {
    cause,
    set: { removed: ctx.runtime.now(), last_pool_id: row.pool_id, pool_id: null, instance_id: row.instance_id },
  })
}

/** The volume is nobody's disk any more. */
export async function releaseVolume(tx: Tx, ctx: ServerContext, volume: Volume): Promise<void> {
  await tx
    .updateTable('volumes')
    .set({ instance_id: null, device_id: null, attached: null, updated: ctx.runtime.now() })
    .where('id', '=', volume.id)
    .execute()
}

/** Whether the volume's bytes count in its pool's allocated_bytes. */
export function holdsSpace(volume: Pick<Volume, 'state' | 'pool_id'>): boolean {
  return volume.pool_id !== null && volume.state !== 'Allocated' && volume.state !== 'Expunged'
}

/** A connected host that has the pool attached: `preferred` when it can be asked, else any. */
export async function hostForPool(
  db: Queries,
  ctx: ServerContext,
  poolId: number,
  preferred?: number,
): Promise<number | undefined> {
  const rows = await db
    .selectFrom('storage_pool_host_ref')
    .innerJoin('host', 'host.id', 'storage_pool_host_ref.host_id')
    .select('host.id')
    .where('storage_pool_host_ref.pool_id', '=', poolId)
    .where('host.removed', 'is', null)
    .orderBy('host.id')
    .execute()
  const connected = rows.map((row) => row.id).filter((id) => ctx.agents.isConnected(id))
  return connected.find((id) => id === preferred) ?? connected[0]
}
