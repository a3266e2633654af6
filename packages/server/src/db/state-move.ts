import type { EntityName } from '@altostack/api'
import type { JsonObject, StateMachine } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { recordChange } from '../event/feed.ts'
import type { Database, Row, Tx } from './database.ts'
import { LostRace } from './errors.ts'

/** Tables whose rows move by compare-and-set. */
export type StatefulTable = {
  [T in keyof Database]: Row<T> extends { id: number; update_count: number } ? T : never
}[keyof Database]

export type StateMove<T extends StatefulTable, C extends keyof Row<T> & string> = {
  // biome-ignore lint/suspicious/noExplicitAny: the machines' rows differ
  readonly machine: StateMachine<any>
  readonly table: T
  readonly column: C
  /** As it was read; the move happens only if state and update_count are still the same. */
  readonly row: Row<T>
  readonly event: string
  /** Other columns that change with the state. */
  readonly set?: Partial<Omit<Row<T>, 'id' | 'uuid' | 'update_count' | C>>
  /** Why, in one word or a stable code: `vm.start`, `agent.ping-timeout`… */
  readonly cause: string
  readonly evidence?: JsonObject
  readonly entity: EntityName | (string & {})
}

/**
 * Moves a row's state by its machine, in the caller's transaction, and writes the flight recorder. The only code that
 * writes state columns. Answers the row as it is now. Throws InvalidTransitionError, or LostRace when somebody was
 * faster (`transact` starts again).
 */
export async function moveState<T extends StatefulTable, C extends keyof Row<T> & string>(
  tx: Tx,
  ctx: ServerContext,
  move: StateMove<T, C>,
): Promise<Row<T>> {
  const { table, column, row, machine } = move
  const before = row as unknown as MovableRow
  const from = String(before[column])
  const to = machine.next(from, move.event)
  const change = { ...(move.set as object), [column]: to, update_count: before.update_count + 1 }
  // biome-ignore lint/suspicious/noExplicitAny: Kysely cannot type a table name that is a variable
  const result = await (tx as any)
    .updateTable(table)
    .set(change)
    .where('id', '=', before.id)
    .where(column, '=', from)
    .where('update_count', '=', before.update_count)
    .executeTakeFirst()
  if (Number(result.numUpdatedRows) !== 1) throw new LostRace(`${table} ${before.id} is no longer ${from}`)
  await recordChange(tx, ctx, {
    entity: move.entity,
    entityId: before.id,
    entityUuid: before.uuid ?? '',
    from,
    to,
    event: move.event,
    cause: move.cause,
    ...(move.evidence ? { evidence: move.evidence } : {}),
    accountId: before.account_id ?? null,
    domainId: before.domain_id ?? null,
  })
  return { ...row, ...change }
}

type MovableRow = {
  readonly id: number
  readonly uuid?: string
  readonly update_count: number
  readonly account_id?: number | null
  readonly domain_id?: number | null
  readonly [column: string]: unknown
}
