/**
 * Runs per second and commits per run on SQLite (WAL, synchronous FULL, a real file). Prints one JSON object.
 * `node packages/workflow/bench/runs.ts [runs] [at once] [pool size] [effect ms]`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemRuntime } from '@altostack/core'
import { openTestSqlite } from '@altostack/testkit'
import { sql } from 'kysely'
import { createEngine, createWorkflowTables, defineWorkflow, type WorkflowTables } from '../src/index.ts'

type Tables = WorkflowTables & { thing: { id: string; state: string } }
const runs = Number(process.argv[2] ?? 2000)
const atOnce = Number(process.argv[3] ?? 32)
const poolSize = Number(process.argv[4] ?? 256)
const effectMs = Number(process.argv[5] ?? 0)
const runtime = systemRuntime()
const directory = mkdtempSync(join(tmpdir(), 'alto-bench-'))
const db = openTestSqlite<Tables>(join(directory, 'bench.sqlite'))
try {
  for (const { statement } of createWorkflowTables(db.schema)) await statement.execute()
  await db.schema
    .createTable('thing')
    .addColumn('id', 'varchar(36)', (c) => c.primaryKey())
    .addColumn('state', 'varchar(16)')
    .execute()
  // The shape of a deployment: claim in the database, three effects on a host, a database step, the end.
  const effect = {
    do: async () => {
      if (effectMs > 0) await runtime.sleep(effectMs)
      return { ok: true }
    },
    undo: async () => {},
  }
  const workflow = defineWorkflow<null, { readonly id: string }, Tables>('bench.deploy')
    .transact('claim', {
      do: async (tx, s) => void (await tx.insertInto('thing').values({ id: s.input.id, state: 'Starting' }).execute()),
    })
    .step('volume', effect)
    .step('network', effect)
    .transact('assign', { do: async () => ({ generation: 1 }) })
    .step('start', effect)
    .onSucceeded(async (tx, s) => {
      await tx.updateTable('thing').set({ state: 'Running' }).where('id', '=', s.input.id).execute()
    })
    .build()
  let ended = 0
  let begun = 0
  const all = Promise.withResolvers<void>()
  const engine = createEngine<null, Tables>({
    db,
    runtime,
    incarnation: runtime.uuid(),
    workflows: [workflow],
    ctx: null,
    concurrency: () => poolSize,
    onFinished: () => {
      ended++
      if (ended === runs) all.resolve()
      else if (begun < runs) void begin()
    },
    onDatabaseError: ({ error }) => all.reject(error),
  })
  await engine.recover({ all: true })
  async function begin(): Promise<void> {
    begun++
    const id = await db.transaction().execute((tx) => engine.start(tx, workflow, { id: runtime.uuid() }))
    engine.kick(id)
  }
  const started = runtime.monotonic()
  for (let index = 0; index < Math.min(atOnce, runs); index++) void begin()
  await all.promise
  const seconds = (runtime.monotonic() - started) / 1000
  const { commits } = await db
    .selectFrom('workflow_run')
    .select(sql<number>`avg(saves)`.as('commits'))
    .executeTakeFirstOrThrow()
  await engine.stop()
  const result = {
    bench: 'workflow runs',
    database: 'SQLite, WAL, synchronous FULL',
    steps: workflow.steps.length,
    runs,
    atOnce,
    runsPerSecond: Math.round(runs / seconds),
    commitsPerRun: Number(commits),
    commitsPerSecond: Math.round((runs * Number(commits)) / seconds),
  }
  console.log(JSON.stringify(result))
} finally {
  await db.destroy()
  rmSync(directory, { recursive: true, force: true })
}
