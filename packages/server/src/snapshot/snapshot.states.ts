import { type JsonObject, type SnapshotStateEvent, snapshotStates } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { moveState } from '../db/state-move.ts'

export type Snapshot = Row<'snapshots'>
type Columns = Partial<Omit<Snapshot, 'id' | 'uuid' | 'update_count' | 'status'>>

/** Moves a snapshot's state by its table. */
export async function moveSnapshot(
  tx: Tx,
  ctx: ServerContext,
  row: Snapshot,
  event: SnapshotStateEvent,
  move: { readonly cause: string; readonly evidence?: JsonObject; readonly set?: Columns },
): Promise<Snapshot> {
  return await moveState(tx, ctx, {
    machine: snapshotStates,
    table: 'snapshots',
    column: 'status',
    row,
    event,
    entity: 'Snapshot',
    ...move,
  })
}
