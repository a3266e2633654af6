import type { Runtime } from '@altostack/core'
import { type Expression, type Kysely, sql } from 'kysely'
import { liveStatuses } from './run-store.ts'
import { LeaseLost } from './workflow-errors.ts'
import type { WorkflowTables } from './workflow-tables.ts'

export type Lease = {
  /** Inserts the heartbeat row. */
  begin(): Promise<void>
  /** Beats. Throws LeaseLost when the row has expired or is gone: others may have taken this server's runs. */
  beat(): Promise<void>
  /** Throws LeaseLost when, by this process's own monotonic clock, the lease may have run out since the last beat. */
  assertValid(): void
  /** Takes over all runs of dead incarnations in one statement; answers how many. */
  takeOver(): Promise<number>
  /** Removes the row: others may take this server's runs at once. */
  end(): Promise<void>
}

export type LeaseOptions = {
  readonly db: Kysely<WorkflowTables>
  readonly runtime: Runtime
  readonly incarnation: string
  readonly databaseNow: () => Expression<number>
  readonly leaseMs: number
  /** Another lock proves that no other server runs: no heartbeat, everything that is not ours is free. */
  readonly alone: boolean
}

/** This server's lease on the runs that it owns: one row for all of them, judged by the database's clock. */
export function createLease(options: LeaseOptions): Lease {
  const { db, runtime, incarnation, databaseNow, leaseMs, alone } = options
  let goodUntil = 0
  const expiry = () => sql<number>`${databaseNow()} + ${leaseMs}`

  async function begin(): Promise<void> {
    if (alone) return
    const sent = runtime.monotonic()
    await db
      .insertInto('server_incarnation')
      .values({ id: incarnation, beat_at: sql<number>`${databaseNow()}`, expires_at: expiry() })
      .execute()
    goodUntil = sent + leaseMs
  }

  async function beat(): Promise<void> {
    if (alone) return
    const sent = runtime.monotonic()
    const { numUpdatedRows } = await db
      .updateTable('server_incarnation')
      .set({ beat_at: sql<number>`${databaseNow()}`, expires_at: expiry() })
      .where('id', '=', incarnation)
      .where('expires_at', '>', sql<number>`${databaseNow()}`)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new LeaseLost(`the lease of incarnation ${incarnation} has run out`)
    goodUntil = sent + leaseMs
    // Rows of the long dead; a missing row means dead as well.
    await db
      .deleteFrom('server_incarnation')
      .where('expires_at', '<', sql<number>`${databaseNow()} - ${24 * 3_600_000}`)
      .execute()
  }

  function assertValid(): void {
    // A tenth of the lease is kept as a margin between the two clocks.
    if (!alone && runtime.monotonic() > goodUntil - leaseMs / 10) throw new LeaseLost('no beat was saved for too long')
  }

  async function takeOver(): Promise<number> {
    let update = db
      .updateTable('workflow_run')
      .set((eb) => ({ owner: incarnation, epoch: eb('epoch', '+', 1) }))
      .where('status', 'in', [...liveStatuses])
      .where('owner', '!=', incarnation)
    if (!alone) {
      update = update.where('owner', 'not in', (eb) =>
        eb.selectFrom('server_incarnation').select('id').where('expires_at', '>', sql<number>`${databaseNow()}`),
      )
    }
    const { numUpdatedRows } = await update.executeTakeFirst()
    return Number(numUpdatedRows)
  }

  async function end(): Promise<void> {
    if (!alone) await db.deleteFrom('server_incarnation').where('id', '=', incarnation).execute()
  }

  return { begin, beat, assertValid, takeOver, end }
}
