import { Bug, type Json, type Runtime } from '@altostack/core'
import {
  CrashForTest,
  createEngine,
  createWorkflowTables,
  type FaultPoint,
  RetryLater,
  type RunFailure,
  type Workflow,
  type WorkflowEngine,
  type WorkflowTables,
} from '@altostack/workflow'
import { type Kysely, sql } from 'kysely'
import { openTestSqlite } from './node-sqlite.ts'
import { type SimulatedRuntime, simulatedRuntime } from './simulated-runtime.ts'

/** What a workflow acts on, made anew for each scenario. */
export type LawWorld<C> = {
  readonly ctx: C
  /** Holds the engine's tables and whatever the workflow's own transactions touch. Default: in memory, engine only. */
  // biome-ignore lint/suspicious/noExplicitAny: the tables are the workflow's own matter
  readonly db?: Kysely<any>
  /** What counts as the outcome, inside and outside the database, without times and random ids. */
  readonly observe: () => Json | Promise<Json>
  /** State outside the database that a stored run needs; handed to `makeWorld` when it is resumed. */
  readonly snapshot?: () => Json
  /** A SimulatedRuntime leaps over pauses. Default: a fresh one. Give the real one if the world has sockets. */
  readonly runtime?: Runtime
  readonly close?: () => Promise<void>
}
export type WorldOptions<C, I> = {
  /** `snapshot`: only for stored runs of worlds that have one. */
  readonly makeWorld: (snapshot?: Json) => LawWorld<C> | Promise<LawWorld<C>>
  readonly input: I | ((world: LawWorld<C>) => I | Promise<I>)
  readonly lockKey?: string
}

/** One thing that goes wrong, once, at the `nth` (from 0) passing of a point. */
export type Fault = {
  readonly at: FaultPoint['at']
  readonly step?: string
  readonly nth?: number
  /** crash: kill -9. fail: an error that is never retried. repeat: RetryLater at once. */
  readonly how: 'crash' | 'fail' | 'repeat'
}
export type Scenario = {
  readonly status: 'succeeded' | 'failed' | 'stuck'
  readonly failure: RunFailure | undefined
  /** `do x`, `undo x`, `crash`, in the order in which they happened. */
  readonly journal: readonly string[]
  readonly observed: Json
  readonly commits: number
  /** Faults whose point was never passed. */
  readonly unused: readonly Fault[]
}

/** Plays a run to its end on an in-memory database, starting a new engine after each crash. */
export async function playScenario<C, I extends Json>(
  workflow: Workflow<C, I>,
  options: WorldOptions<C, I>,
  faults: readonly Fault[],
): Promise<Scenario> {
  const world = await options.makeWorld()
  const db = await databaseOf(world)
  try {
    const input =
      typeof options.input === 'function' ? await (options.input as (w: LawWorld<C>) => I)(world) : options.input
    return await play(workflow, world, db, faults, async (engine) => {
      const start = options.lockKey === undefined ? {} : { lockKey: options.lockKey }
      const id = await db.transaction().execute((tx) => engine.start(tx, workflow, input, start))
      engine.kick(id)
      return id
    })
  } finally {
    await world.close?.()
    await db.destroy()
  }
}

/** The world's database, with the engine's tables in it. */
export async function databaseOf<C>(world: LawWorld<C>): Promise<Kysely<WorkflowTables>> {
  const db = (world.db ?? openTestSqlite()) as Kysely<WorkflowTables>
  for (const { statement } of createWorkflowTables(db.schema)) await statement.execute()
  return db
}

type Begin<C> = (engine: WorkflowEngine<C, WorkflowTables>) => Promise<string>

/** Plays with `faults` until the run that `begin` names has ended; a stored run begins by being there. */
export async function play<C, I extends Json>(
  workflow: Workflow<C, I>,
  world: LawWorld<C>,
  db: Kysely<WorkflowTables>,
  faults: readonly Fault[],
  begin: Begin<C>,
): Promise<Scenario> {
  const runtime = world.runtime ?? simulatedRuntime(1)
  const journal: string[] = []
  const waiting = faults.map((fault) => ({ fault, left: fault.nth ?? 0 }))
  let id: string | undefined
  let commits = 0
  const pass = (point: FaultPoint): void => {
    if (point.at === 'before-do' || point.at === 'before-undo') {
      journal.push(`${point.at === 'before-do' ? 'do' : 'undo'} ${point.step}`)
    }
    if (point.at === 'after-commit') commits++
    const index = waiting.findIndex(({ fault }) => fault.at === point.at && fault.step === point.step)
    const hit = waiting[index]
    if (!hit || hit.left-- > 0) return
    waiting.splice(index, 1)
    if (hit.fault.how === 'repeat') throw new RetryLater(0, 'law: repeat')
    if (hit.fault.how === 'fail') throw new Bug(`law: ${point.at} of ${point.step}`)
    journal.push('crash')
    throw new CrashForTest()
  }
  for (let round = 0; ; round++) {
    if (round > faults.length) throw new Error('more crashes than faults')
    const engine = createEngine<C, WorkflowTables>({
      db,
      runtime,
      incarnation: runtime.uuid(),
      workflows: [workflow],
      ctx: world.ctx,
      databaseNow: () => sql<number>`${runtime.now()}`,
      faults: pass,
    })
    await engine.recover({ all: true })
    id ??= await begin(engine)
    const idle = engine.idle()
    try {
      if ('settle' in runtime) await (runtime as SimulatedRuntime).settle(idle)
      else await idle
      await engine.stop()
      break
    } catch (error) {
      if (!(error instanceof CrashForTest)) throw error
    }
  }
  const row = await db.selectFrom('workflow_run').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const locks = await db.selectFrom('workflow_lock').selectAll().where('run_id', '=', id).execute()
  if (row.status !== 'stuck' && locks.length > 0) throw new Error(`the run ended and still holds ${locks[0]?.lock_key}`)
  return {
    status: row.status as Scenario['status'],
    failure: row.error === null ? undefined : (JSON.parse(row.error) as RunFailure),
    journal,
    observed: await world.observe(),
    commits,
    unused: waiting.map(({ fault }) => fault),
  }
}
