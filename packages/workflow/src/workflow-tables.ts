import { type SchemaModule, sql } from 'kysely'

export type RunStatus = 'running' | 'unwinding' | 'succeeded' | 'failed' | 'stuck'
export type StepStatus = 'started' | 'done' | 'undone'

/** The engine's tables; a database that runs workflows has them among its own. Times are wall clock ms. */
export type WorkflowTables = {
  workflow_run: {
    /** UUID. */
    id: string
    name: string
    /** JSON. */
    input: string
    status: RunStatus
    /** RunFailure as JSON, saved before the first undo. */
    error: string | null
    /** JSON that the step in flight last reported. */
    progress: string | null
    /** The server incarnation that drives the run. */
    owner: string
    /** Raised with each change of owner. */
    epoch: number
    lock_key: string | null
    cancel_requested: number
    /** Failed attempts of what the run is doing now. */
    attempts: number
    /** A sleeping run goes on then; null when it is not asleep. */
    wake_at: number | null
    /** Commits spent on the run since its start. */
    saves: number
    created: number
    updated: number
  }
  workflow_step: {
    run_id: string
    name: string
    /** Order in which the run's steps began, from 0: undo goes backwards by it, not by today's definition. */
    seq: number
    status: StepStatus
    /** JSON. */
    output: string | null
    attempts: number
    started_at: number
    ended_at: number | null
  }
  /** At most one live run a key. */
  workflow_lock: { lock_key: string; run_id: string }
  /** One heartbeat row a server; no row, or one that expired by the database's clock, means dead. */
  server_incarnation: { id: string; beat_at: number; expires_at: number }
}

/** One DDL statement with a name that a migration can record. Each is idempotent. */
export type DdlStep = { readonly name: string; readonly statement: { execute(): Promise<unknown> } }

/** The engine's tables as single-statement steps for the owner's migrations; SQLite, MySQL and MariaDB alike. */
export function createWorkflowTables(schema: SchemaModule): readonly DdlStep[] {
  const json = sql`mediumtext`
  return [
    {
      name: 'workflow-run',
      statement: schema
        .createTable('workflow_run')
        .ifNotExists()
        .addColumn('id', 'varchar(36)', (c) => c.primaryKey())
        .addColumn('name', 'varchar(64)', (c) => c.notNull())
        .addColumn('input', json, (c) => c.notNull())
        .addColumn('status', 'varchar(16)', (c) => c.notNull())
        .addColumn('error', json)
        .addColumn('progress', json)
        .addColumn('owner', 'varchar(64)', (c) => c.notNull())
        .addColumn('epoch', 'integer', (c) => c.notNull())
        .addColumn('lock_key', 'varchar(190)')
        .addColumn('cancel_requested', 'integer', (c) => c.notNull())
        .addColumn('attempts', 'integer', (c) => c.notNull())
        .addColumn('wake_at', 'bigint')
        .addColumn('saves', 'integer', (c) => c.notNull())
        .addColumn('created', 'bigint', (c) => c.notNull())
        .addColumn('updated', 'bigint', (c) => c.notNull())
        // An index that can be written inside CREATE TABLE on every dialect: unique because the id is in it.
        .addUniqueConstraint('workflow_run_by_status', ['status', 'owner', 'id']),
    },
    {
      name: 'workflow-step',
      statement: schema
        .createTable('workflow_step')
        .ifNotExists()
        .addColumn('run_id', 'varchar(36)', (c) => c.notNull())
        .addColumn('name', 'varchar(64)', (c) => c.notNull())
        .addColumn('seq', 'integer', (c) => c.notNull())
        .addColumn('status', 'varchar(16)', (c) => c.notNull())
        .addColumn('output', json)
        .addColumn('attempts', 'integer', (c) => c.notNull())
        .addColumn('started_at', 'bigint', (c) => c.notNull())
        .addColumn('ended_at', 'bigint')
        .addPrimaryKeyConstraint('workflow_step_pk', ['run_id', 'name']),
    },
    {
      name: 'workflow-lock',
      statement: schema
        .createTable('workflow_lock')
        .ifNotExists()
        .addColumn('lock_key', 'varchar(190)', (c) => c.primaryKey())
        .addColumn('run_id', 'varchar(36)', (c) => c.notNull()),
    },
    {
      name: 'server-incarnation',
      statement: schema
        .createTable('server_incarnation')
        .ifNotExists()
        .addColumn('id', 'varchar(64)', (c) => c.primaryKey())
        .addColumn('beat_at', 'bigint', (c) => c.notNull())
        .addColumn('expires_at', 'bigint', (c) => c.notNull()),
    },
  ]
}
