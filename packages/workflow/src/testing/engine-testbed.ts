import { after, before, describe, test } from 'node:test'
import { AltoError, systemRuntime } from '@altostack/core'
import { mariadbMissing, openTestMysql, openTestSqlite, startMariadb } from '@altostack/testkit'
import type { Kysely, Selectable } from 'kysely'
import {
  createEngine,
  createWorkflowTables,
  defineWorkflow,
  type EngineOptions,
  type FinishedRun,
  type Workflow,
  type WorkflowEngine,
  type WorkflowTables,
} from '../index.ts'

export type World = { readonly journal: string[] }
export type Tables = WorkflowTables & { note: { id: string; text: string } }
export type Db = Kysely<Tables>
export type Input = { readonly id: string }
/** An expected failure. */
export const boom = new AltoError('test.boom', { api: 530, cause: 'x', fix: 'mend it' }, 'boom', { seen: 'smoke' })

export async function withDb(open: () => Promise<Db>, body: (db: Db) => Promise<void>): Promise<void> {
  const db = await open()
  try {
    for (const { statement } of [...createWorkflowTables(db.schema), ...createWorkflowTables(db.schema)]) {
      await statement.execute()
    }
    await db.schema
      .createTable('note')
      .addColumn('id', 'varchar(64)', (c) => c.primaryKey())
      .addColumn('text', 'varchar(64)')
      .execute()
    await body(db)
  } finally {
    await db.destroy()
  }
}

/** Virtual time does not wait for a socket: with MariaDB the clock must be the real one. */
export const realRuntime = systemRuntime()

export type Setup = {
  readonly engine: WorkflowEngine<World, Tables>
  readonly world: World
  readonly finished: FinishedRun[]
  readonly told: string[]
  readonly run: (workflow: Workflow<World, Input>, options?: { lockKey?: string; preempt?: boolean }) => Promise<string>
}
export async function engineOn(
  db: Db,
  workflows: readonly Workflow<World, Input>[],
  options: Partial<EngineOptions<World, Tables>> & { readonly name?: string; readonly all?: boolean } = {},
): Promise<Setup> {
  const world = options.ctx ?? { journal: [] }
  const finished: FinishedRun[] = []
  const told: string[] = []
  const runtime = options.runtime ?? realRuntime
  const engine = createEngine<World, Tables>({
    db,
    runtime,
    incarnation: options.name ?? runtime.uuid(),
    workflows,
    ctx: world,
    onFinished: (run) => finished.push(run),
    onBug: (run) => told.push(`bug ${run.step}: ${run.error instanceof Error ? run.error.message : run.error}`),
    onStuck: (run) => told.push(`stuck ${run.failure.stuck?.step}: ${run.failure.stuck?.message}`),
    onLate: (run) => told.push(`late ${run.step}`),
    onDatabaseError: (run) => told.push(`database ${run.error}`),
    ...options,
  })
  await engine.recover({ all: options.all ?? false })
  const run: Setup['run'] = async (workflow, start) => {
    const id = await db.transaction().execute((tx) => engine.start(tx, workflow, { id: 'v1' }, start))
    engine.kick(id)
    return id
  }
  return { engine, world, finished, told, run }
}
export const define = (): ReturnType<typeof defineWorkflow<World, Input, Tables>> =>
  defineWorkflow<World, Input, Tables>('test.run')
export const noted = (name: string, more: object = {}) => ({
  do: async (s: { ctx: World }) => void s.ctx.journal.push(`do ${name}`),
  undo: async (s: { ctx: World }) => void s.ctx.journal.push(`undo ${name}`),
  ...more,
})
export const failing = (name: string, error: unknown) => ({
  do: async (s: { ctx: World }) => {
    s.ctx.journal.push(`do ${name}`)
    throw error
  },
  undo: async (s: { ctx: World }) => void s.ctx.journal.push(`undo ${name}`),
})
export async function runRow(db: Db, id: string): Promise<Selectable<WorkflowTables['workflow_run']>> {
  return await db.selectFrom('workflow_run').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}
export async function notes(db: Db): Promise<string[]> {
  return (await db.selectFrom('note').select('id').orderBy('id').execute()).map((row) => row.id)
}

export const openSqlite = async (): Promise<Db> => openTestSqlite<Tables>()

/** Declares the same tests on each dialect, each test on a fresh database. */
export function onEachDialect(
  title: string,
  declare: (on: (name: string, body: (db: Db) => Promise<void>) => void) => void,
): void {
  // The engine's timers do not keep a process alive; these tests wait for them.
  const keepAlive = setInterval(() => {}, 1000)
  let url = ''
  let stopServer = async (): Promise<void> => {}
  before(async () => {
    if (mariadbMissing()) return
    const server = await startMariadb()
    url = server.url
    stopServer = server.stop
  })
  after(async () => {
    clearInterval(keepAlive)
    await stopServer()
  })
  const dialects = { SQLite: openSqlite, MariaDB: () => openTestMysql<Tables>(url) }
  for (const [dialect, open] of Object.entries(dialects)) {
    const skip = dialect === 'MariaDB' ? (mariadbMissing() ?? false) : false
    describe(`${title} on ${dialect}`, { skip }, () => {
      declare((name, body) => void test(name, () => withDb(open, body)))
    })
  }
}
