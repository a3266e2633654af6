import {
  type HostResourceStateEvent,
  type HostStatusEvent,
  hostResourceStates,
  hostStatuses,
  type JsonObject,
} from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { moveState } from '../db/state-move.ts'

type HostColumns = Partial<Omit<Row<'host'>, 'id' | 'uuid' | 'update_count' | 'status' | 'resource_state'>>
export type HostMove = {
  /** Why, as a stable code. */
  readonly cause: string
  readonly evidence?: JsonObject
  readonly set?: HostColumns
}

/** Moves what the connection says of a host. Throws InvalidTransitionError for a pair that the table does not have. */
export async function moveHostStatus(
  tx: Tx,
  ctx: ServerContext,
  row: Row<'host'>,
  event: HostStatusEvent,
  move: HostMove,
): Promise<Row<'host'>> {
  return await moveState(tx, ctx, {
    machine: hostStatuses,
    table: 'host',
    column: 'status',
    row,
    event,
    entity: 'Host',
    ...move,
  })
}

/** Moves what the administrator wants of a host. */
export async function moveHostResourceState(
  tx: Tx,
  ctx: ServerContext,
  row: Row<'host'>,
  event: HostResourceStateEvent,
  move: HostMove,
): Promise<Row<'host'>> {
  return await moveState(tx, ctx, {
    machine: hostResourceStates,
    table: 'host',
    column: 'resource_state',
    row,
    event,
    entity: 'Host',
    ...move,
  })
}
