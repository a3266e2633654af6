import { type JsonObject, type VmSnapshotStateEvent, vmSnapshotStates } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { moveState } from '../db/state-move.ts'

export type VmSnapshot = Row<'vm_snapshots'>
type Columns = Partial<Omit<VmSnapshot, 'id' | 'uuid' | 'update_count' | 'state'>>

/** Moves a VM snapshot's state by its table. */
export async function moveVmSnapshot(
  tx: Tx,
  ctx: ServerContext,
  row: VmSnapshot,
  event: VmSnapshotStateEvent,
  move: { readonly cause: string; readonly evidence?: JsonObject; readonly set?: Columns },
): Promise<VmSnapshot> {
  return await moveState(tx, ctx, {
    machine: vmSnapshotStates,
    table: 'vm_snapshots',
    column: 'state',
    row,
    event,
    entity: 'VMSnapshot',
    ...move,
  })
}

export async function requireVmSnapshot(db: Queries, id: number): Promise<VmSnapshot> {
  return await db.selectFrom('vm_snapshots').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

/** Makes one of the VM's snapshots, or none, the one it came from last. */
export async function setCurrent(tx: Tx, vmId: number, id: number | null): Promise<void> {
  await tx.updateTable('vm_snapshots').set({ current: 0 }).where('vm_id', '=', vmId).execute()
  if (id !== null) await tx.updateTable('vm_snapshots').set({ current: 1 }).where('id', '=', id).execute()
}
