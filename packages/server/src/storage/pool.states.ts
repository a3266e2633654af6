import { type JsonObject, type StoragePoolStatusEvent, storagePoolStatuses } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { moveState } from '../db/state-move.ts'

type PoolColumns = Partial<Omit<Row<'storage_pool'>, 'id' | 'uuid' | 'update_count' | 'status'>>

/** Moves a pool's status. */
export async function movePoolStatus(
  tx: Tx,
  ctx: ServerContext,
  row: Row<'storage_pool'>,
  event: StoragePoolStatusEvent,
  move: { readonly cause: string; readonly evidence?: JsonObject; readonly set?: PoolColumns },
): Promise<Row<'storage_pool'>> {
  return await moveState(tx, ctx, {
    machine: storagePoolStatuses,
    table: 'storage_pool',
    column: 'status',
    row,
    event,
    entity: 'StoragePool',
    ...move,
  })
}
