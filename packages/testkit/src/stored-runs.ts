import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Bug, type Json } from '@altostack/core'
import { CrashForTest, createEngine, type Workflow, type WorkflowTables } from '@altostack/workflow'
import { type Kysely, sql } from 'kysely'
import { simulatedRuntime } from './simulated-runtime.ts'
import { databaseOf, type LawWorld, play, type WorldOptions } from './workflow-scenario.ts'

type Row = Readonly<Record<string, string | number | null>>

/** A run as a release left it, cut off right after an effect: what today's code must be able to finish. */
export type StoredRun = {
  readonly release: string
  readonly workflow: string
  /** The step whose effect had happened and was not saved yet; with `unwinding`, the one being undone. */
  readonly cutAt: string
  readonly unwinding: boolean
  /** Every row of the database. */
  readonly tables: Readonly<Record<string, readonly Row[]>>
  /** The world outside, of worlds that have a snapshot. */
  readonly world?: Json
}

/** Records runs of `workflow` cut off at each effect and at each undo of one; written to a file at each release. */
export async function recordStoredRuns<C, I extends Json>(
  release: string,
  workflow: Workflow<C, I>,
  options: WorldOptions<C, I>,
): Promise<readonly StoredRun[]> {
  const effects = workflow.steps.filter((step) => step.kind === 'effect' && !step.retired).map((step) => step.name)
  const stored: (StoredRun | undefined)[] = []
  for (const step of effects) stored.push(await recordCut(release, workflow, options, { at: 'after-do', step }))
  for (const step of effects) stored.push(await recordCut(release, workflow, options, { at: 'after-undo', step }))
  return stored.filter((run) => run !== undefined)
}

async function recordCut<C, I extends Json>(
  release: string,
  workflow: Workflow<C, I>,
  options: WorldOptions<C, I>,
  cut: { readonly at: 'after-do' | 'after-undo'; readonly step: string },
): Promise<StoredRun | undefined> {
  const unwinding = cut.at === 'after-undo'
  const last = workflow.steps.findLast((step) => step.kind === 'effect' && !step.retired)?.name
  const world = await options.makeWorld()
  const db = await databaseOf(world)
  try {
    const input =
      typeof options.input === 'function' ? await (options.input as (w: LawWorld<C>) => I)(world) : options.input
    const runtime = simulatedRuntime(1)
    const engine = createEngine<C, WorkflowTables>({
      db,
      runtime: world.runtime ?? runtime,
      incarnation: 'recorded',
      workflows: [workflow],
      ctx: world.ctx,
      faults: (point) => {
        if (point.at === cut.at && point.step === cut.step) throw new CrashForTest()
        if (unwinding && point.at === 'after-do' && point.step === last)
          throw new Bug('recorded: the last effect fails')
      },
    })
    await engine.recover({ all: true })
    const start = options.lockKey === undefined ? {} : { lockKey: options.lockKey }
    engine.kick(await db.transaction().execute((tx) => engine.start(tx, workflow, input, start)))
    const idle = engine.idle()
    const end = await (world.runtime ? idle : runtime.settle(idle)).catch((error: unknown) => error)
    if (!(end instanceof CrashForTest)) return undefined
    const outside = world.snapshot?.()
    return {
      release,
      workflow: workflow.name,
      cutAt: cut.step,
      unwinding,
      tables: await dumpTables(db),
      ...(outside === undefined ? {} : { world: outside }),
    }
  } finally {
    await world.close?.()
    await db.destroy()
  }
}

/** Every stored run in the JSON files of a directory, each an array of them. */
export function storedRunsIn(directory: string): readonly StoredRun[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .flatMap((file) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as StoredRun[])
}

/** Declares one test a stored run: today's workflow takes it to its end, with the outcome of a fresh run. */
export function resumeStoredRuns<C, I extends Json>(
  stored: readonly StoredRun[],
  workflow: Workflow<C, I>,
  options: WorldOptions<C, I> & { readonly expected: Json; readonly expectedFailed: Json },
): void {
  const mine = stored.filter((run) => run.workflow === workflow.name)
  describe(`stored runs of ${workflow.name}`, () => {
    assert.ok(mine.length > 0, `no stored run of ${workflow.name} was given`)
    for (const run of mine) {
      const way = run.unwinding ? 'the undo of ' : ''
      test(`a run of ${run.release}, cut off at ${way}${run.cutAt}, ends on today's code`, async () => {
        const world = await options.makeWorld(run.world)
        const db = await databaseOf(world)
        try {
          await loadTables(db, run.tables)
          const id = String(run.tables.workflow_run?.[0]?.id)
          const scenario = await play(workflow, world, db, [], async () => id)
          assert.equal(scenario.status, run.unwinding ? 'failed' : 'succeeded', JSON.stringify(scenario.failure))
          assert.deepEqual(scenario.observed, run.unwinding ? options.expectedFailed : options.expected)
        } finally {
          await world.close?.()
          await db.destroy()
        }
      })
    }
  })
}

/** Every row of every table but the migrator's own. */
export async function dumpTables(db: Kysely<WorkflowTables>): Promise<Record<string, Row[]>> {
  const dump: Record<string, Row[]> = {}
  for (const { name } of await db.introspection.getTables()) {
    const { rows } = await sql<Row>`select * from ${sql.table(name)}`.execute(db)
    if (rows.length > 0) dump[name] = rows.map((row) => ({ ...row }))
  }
  return dump
}

/** Replaces the rows of the dumped tables; columns that have come since take their defaults. */
export async function loadTables(db: Kysely<WorkflowTables>, dump: StoredRun['tables']): Promise<void> {
  for (const [table, rows] of Object.entries(dump)) {
    await sql`delete from ${sql.table(table)}`.execute(db)
    for (const row of rows) {
      const columns = sql.join(Object.keys(row).map((column) => sql.ref(column)))
      await sql`insert into ${sql.table(table)} (${columns}) values (${sql.join(Object.values(row))})`.execute(db)
    }
  }
}
