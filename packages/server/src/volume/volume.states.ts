import { type JsonObject, type VolumeStateEvent, volumeStates } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { moveState } from '../db/state-move.ts'

export type Volume = Row<'volumes'>
type Columns = Partial<Omit<Volume, 'id' | 'uuid' | 'update_count' | 'state'>>

/** Moves a volume's state by its table. */
export async function moveVolume(
  tx: Tx,
  ctx: ServerContext,
  row: Volume,
  event: VolumeStateEvent,
  move: { readonly cause: string; readonly evidence?: JsonObject; readonly set?: Columns },
): Promise<Volume> {
  return await moveState(tx, ctx, {
    machine: volumeStates,
    table: 'volumes',
    column: 'state',
    row,
    event,
    entity: 'Volume',
    ...move,
    set: { updated: ctx.runtime.now(), ...move.set },
  })
}
