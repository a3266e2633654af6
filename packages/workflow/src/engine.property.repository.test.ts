import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { AltoError } from '@altostack/core'
import {
  mariadbMissing,
  openTestMysql,
  openTestSqlite,
  type SimulatedRuntime,
  simulatedRuntime,
  startMariadb,
  type TestMariadb,
} from '@altostack/testkit'
import fc from 'fast-check'
import { type Kysely, sql } from 'kysely'
import {
  CrashForTest,
  createEngine,
  createWorkflowTables,
  defineWorkflow,
  type FaultPoint,
  RetryLater,
  type Workflow,
  type WorkflowEngine,
  type WorkflowTables,
} from './index.ts'

type Tables = WorkflowTables & { claim: { id: string } }
type StepSpec = { readonly kind: 'effect' | 'transact'; readonly undo: boolean; readonly skipped: boolean }
type FaultSpec = { readonly point: number; readonly how: 'crash' | 'fail' | 'repeat' }
type World = {
  readonly runtime: SimulatedRuntime
  readonly effects: Set<string>
  /** Steps being executed now, by run. */
  readonly running: Map<string, { readonly what: string; readonly dead: { readonly value: boolean } }>
  readonly journal: string[]
  readonly overlaps: string[]
  slowMs: number
  /** The process that this context belongs to was killed: its effects in flight never happen. */
  readonly dead: { value: boolean }
}
/** A workflow whose effects and claims can be counted: what it has done is in `effects` and in the table `claim`. */
function makeWorkflow(specs: readonly StepSpec[]): Workflow<World, { id: string }> {
  // biome-ignore lint/suspicious/noExplicitAny: the steps' types are not known before the test runs
  let builder: any = defineWorkflow<World, { id: string }, Tables>('test.random')
  for (const [index, spec] of specs.entries()) {
    const name = `s${index}`
    const when = spec.skipped ? { when: () => false } : {}
    if (spec.kind === 'transact') {
      builder = builder.transact(name, {
        ...when,
        do: async (tx: Kysely<Tables>, s: { runId: string }) => {
          // Fails by the primary key if it is ever committed twice.
          await tx
            .insertInto('claim')
            .values({ id: `${s.runId}/${name}` })
            .execute()
          return index
        },
        undo: async (tx: Kysely<Tables>, s: { runId: string; out: Record<string, unknown> }) => {
          assert.equal(s.out[name], index)
          const { numDeletedRows } = await tx
            .deleteFrom('claim')
            .where('id', '=', `${s.runId}/${name}`)
            .executeTakeFirst()
          assert.equal(numDeletedRows, 1n)
        },
      })
      continue
    }
    const exclusively = async (
      s: { ctx: World; key: string; runId: string; epoch: number },
      way: string,
      body: () => void,
    ) => {
      const other = s.ctx.running.get(s.runId)
      if (other && !other.dead.value) s.ctx.overlaps.push(`${way} ${s.key} runs at the same time as ${other.what}`)
      s.ctx.running.set(s.runId, { what: `${way} ${s.key}`, dead: s.ctx.dead })
      s.ctx.journal.push(`${way} ${name}`)
      try {
        await s.ctx.runtime.sleep(s.ctx.runtime.random() * s.ctx.slowMs)
        if (s.ctx.dead.value) throw new CrashForTest()
        body()
      } finally {
        if (!s.ctx.dead.value) s.ctx.running.delete(s.runId)
      }
    }
    builder = builder.step(name, {
      ...when,
      do: async (s: never) => {
        const scope = s as { ctx: World; key: string; runId: string; epoch: number }
        await exclusively(scope, 'do', () => scope.ctx.effects.add(scope.key))
        return index
      },
      ...(spec.undo
        ? {
            undo: async (s: never) => {
              const scope = s as { ctx: World; key: string; runId: string; epoch: number }
              await exclusively(scope, 'undo', () => scope.ctx.effects.delete(scope.key))
            },
          }
        : {}),
    })
  }
  return builder
    .onSucceeded(async (tx: Kysely<Tables>, s: { runId: string }) => {
      await tx
        .insertInto('claim')
        .values({ id: `${s.runId}/succeeded` })
        .execute()
    })
    .onFailed(async (tx: Kysely<Tables>, s: { runId: string }) => {
      await tx
        .insertInto('claim')
        .values({ id: `${s.runId}/failed` })
        .execute()
    })
    .build()
}

async function prepare(db: Kysely<Tables>): Promise<void> {
  for (const { statement } of createWorkflowTables(db.schema)) await statement.execute()
  await db.schema
    .createTable('claim')
    .addColumn('id', 'varchar(80)', (c) => c.primaryKey())
    .execute()
}

/** Every run ended, and what it left is exactly what its end promises. */
async function assertSettled(
  db: Kysely<Tables>,
  world: World,
  specs: readonly StepSpec[],
  runs: number,
): Promise<void> {
  const rows = await db.selectFrom('workflow_run').selectAll().execute()
  assert.equal(rows.length, runs)
  assert.deepEqual(world.overlaps, [])
  const expected = { effects: new Set<string>(), claims: new Set<string>() }
  for (const row of rows) {
    assert.ok(row.status === 'succeeded' || row.status === 'failed', `run ${row.id} is ${row.status}`)
    expected.claims.add(`${row.id}/${row.status}`)
    for (const [index, spec] of specs.entries()) {
      const key = `${row.id}/s${index}`
      if (spec.skipped) continue
      if (spec.kind === 'transact' && row.status === 'succeeded') expected.claims.add(key)
      if (spec.kind === 'effect') {
        if (row.status === 'succeeded') expected.effects.add(key)
        // What has no undo may stay.
        else if (!spec.undo && world.effects.has(key)) expected.effects.add(key)
      }
    }
  }
  const claims = await db.selectFrom('claim').select('id').execute()
  assert.deepEqual(claims.map((row) => row.id).toSorted(), [...expected.claims].toSorted())
  assert.deepEqual([...world.effects].toSorted(), [...expected.effects].toSorted())
  assert.deepEqual(await db.selectFrom('workflow_lock').selectAll().execute(), [])
}

const specArbitrary = fc.array(
  fc.record({
    kind: fc.constantFrom('effect' as const, 'transact' as const),
    undo: fc.boolean(),
    skipped: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  }),
  { minLength: 1, maxLength: 7 },
)
const faultArbitrary = fc.array(
  fc.record({
    point: fc.integer({ min: 0, max: 60 }),
    how: fc.constantFrom('crash' as const, 'fail' as const, 'repeat' as const),
  }),
  { maxLength: 5 },
)

test('random workflows with random faults end, and leave exactly what their end promises', async () => {
  await fc.assert(
    fc.asyncProperty(specArbitrary, faultArbitrary, fc.nat(), async (specs, faults: readonly FaultSpec[], seed) => {
      const db = openTestSqlite<Tables>()
      await prepare(db)
      const runtime = simulatedRuntime(seed)
      const world: World = {
        runtime,
        effects: new Set(),
        running: new Map(),
        journal: [],
        overlaps: [],
        slowMs: 20,
        dead: { value: false },
      }
      const workflow = makeWorkflow(specs)
      let passed = 0
      let dead = { value: false }
      const strike = (point: FaultPoint): void => {
        const fault = faults.find((candidate) => candidate.point === passed)
        passed++
        if (!fault) return
        if (fault.how === 'crash') {
          dead.value = true
          throw new CrashForTest()
        }
        // A commit cannot fail but by a crash: what the database itself does is its own matter.
        if (point.at === 'before-commit' || point.at === 'after-commit') return
        if (fault.how === 'repeat') throw new RetryLater(undefined, 'law')
        throw new AltoError('test.law', { api: 530, cause: '', fix: '' }, 'law')
      }
      let started = false
      for (let round = 0; ; round++) {
        assert.ok(round <= faults.length, 'more crashes than faults')
        dead = { value: false }
        const engine = createEngine<World, Tables>({
          db,
          runtime,
          incarnation: runtime.uuid(),
          workflows: [workflow],
          ctx: { ...world, dead },
          faults: strike,
        })
        await engine.recover({ all: true })
        if (!started) {
          const ids: string[] = []
          await db.transaction().execute(async (tx) => {
            for (const lockKey of ['a', 'b']) ids.push(await engine.start(tx, workflow, { id: 'x' }, { lockKey }))
          })
          started = true
          for (const id of ids) engine.kick(id)
        }
        try {
          await runtime.settle(engine.idle())
          await engine.stop()
          break
        } catch (error) {
          if (!(error instanceof CrashForTest)) throw error
        }
      }
      await assertSettled(db, world, specs, 2)
      await db.destroy()
    }),
    { numRuns: 250 },
  )
})

test('two servers on one database, kicked and recovered at random, never run a step at the same time', async () => {
  await fc.assert(
    fc.asyncProperty(specArbitrary, fc.nat(), async (specs, seed) => {
      const db = openTestSqlite<Tables>()
      await prepare(db)
      const runtime = simulatedRuntime(seed)
      const world: World = {
        runtime,
        effects: new Set(),
        running: new Map(),
        journal: [],
        overlaps: [],
        slowMs: 3_000,
        dead: { value: false },
      }
      const workflow = makeWorkflow(specs)
      const databaseNow = () => sql<number>`${runtime.now()}`
      const common = { db, runtime, workflows: [workflow], databaseNow, leaseMs: 1_000 }
      let left = 6
      const open = async (): Promise<{ engine: WorkflowEngine<World, Tables>; dead: { readonly value: boolean } }> => {
        const dead = { value: false }
        const engine: WorkflowEngine<World, Tables> = createEngine<World, Tables>({
          ...common,
          ctx: { ...world, dead },
          incarnation: runtime.uuid(),
          faults: (point) => {
            if (left === 0 || runtime.random() > 0.08) return
            left--
            if (point.step && runtime.random() < 0.4)
              throw new AltoError('test.law', { api: 530, cause: '', fix: '' }, 'law')
            dead.value = true
            throw new CrashForTest()
          },
        })
        await engine.recover()
        return { engine, dead }
      }
      const engines = [await open(), await open()]
      const ids: string[] = []
      const start = async (): Promise<void> => {
        const { engine } = engines[Math.floor(runtime.random() * 2)] as (typeof engines)[0]
        const id = await db.transaction().execute((tx) => engine.start(tx, workflow, { id: 'x' }))
        ids.push(id)
        for (const { engine: other } of engines) {
          if (runtime.random() < 0.7) other.kick(id)
          if (runtime.random() < 0.3) other.wake(id)
        }
      }
      for (let round = 0; round < 3; round++) {
        await start()
        await runtime.advance(runtime.random() * 2_000)
        for (const [index, { dead }] of engines.entries()) if (dead.value) engines[index] = await open()
      }
      left = 0
      engines.push(await open())
      const ended = async (): Promise<boolean> => {
        const rows = await db
          .selectFrom('workflow_run')
          .select('id')
          .where('status', 'in', ['running', 'unwinding'])
          .execute()
        return rows.length === 0
      }
      for (let round = 0; round < 200 && !(await ended()); round++) await runtime.advance(1_000)
      await assertSettled(db, world, specs, ids.length)
      await Promise.all(engines.map(({ engine }) => runtime.settle(engine.stop())))
      await db.destroy()
    }),
    { numRuns: 80 },
  )
})

let server: TestMariadb | undefined
const keepAlive = setInterval(() => {}, 1000)
before(async () => {
  if (!mariadbMissing()) server = await startMariadb()
})
after(async () => {
  clearInterval(keepAlive)
  await server?.stop()
})

test('two servers race on MariaDB over real connections: one takes each run of a dead third, each step runs once', {
  skip: mariadbMissing() ?? false,
}, async () => {
  const { systemRuntime } = await import('@altostack/core')
  const runtime = systemRuntime()
  const db = await openTestMysql<Tables>(server?.url ?? '', { connections: 12 })
  await prepare(db)
  const done = new Map<string, number>()
  const workflow = defineWorkflow<{ name: string }, { id: string }, Tables>('test.race')
    .step('a', { do: async () => await runtime.sleep(5) })
    .transact('b', { do: async (tx, s) => void (await tx.insertInto('claim').values({ id: s.runId }).execute()) })
    .step('c', { do: async (s) => void done.set(s.runId, (done.get(s.runId) ?? 0) + 1) })
    .build()
  const errors: unknown[] = []
  const common = {
    db,
    runtime,
    workflows: [workflow],
    leaseMs: 600,
    onDatabaseError: (e: { error: unknown }) => errors.push(e.error),
  }
  const dead = createEngine({
    ...common,
    incarnation: 'dead',
    ctx: { name: 'dead' },
    faults: () => {
      throw new CrashForTest()
    },
  })
  await dead.recover()
  const ids: string[] = []
  for (let index = 0; index < 40; index++) {
    ids.push(await db.transaction().execute((tx) => dead.start(tx, workflow, { id: String(index) })))
  }
  dead.kick(ids[0] as string)
  await assert.rejects(dead.idle(), CrashForTest)
  const live = ['one', 'two'].map((name) => createEngine({ ...common, incarnation: name, ctx: { name } }))
  await Promise.all(live.map((engine) => engine.recover()))
  for (let round = 0; round < 400 && done.size < ids.length; round++) await runtime.sleep(10)
  await Promise.all(live.map((engine) => engine.idle()))
  assert.deepEqual(
    [...done.values()],
    ids.map(() => 1),
  )
  const rows = await db.selectFrom('workflow_run').select(['status', 'epoch']).execute()
  assert.deepEqual(new Set(rows.map((row) => `${row.status} ${row.epoch}`)), new Set(['succeeded 2']))
  assert.deepEqual(errors, [])
  await Promise.all(live.map((engine) => engine.stop()))
  await db.destroy()
})

test('connections killed under the engine on MariaDB: every run still ends, each database step once', {
  skip: mariadbMissing() ?? false,
}, async () => {
  const { systemRuntime } = await import('@altostack/core')
  const runtime = systemRuntime()
  const db = await openTestMysql<Tables>(server?.url ?? '', { connections: 6 })
  await prepare(db)
  const workflow = defineWorkflow<null, { id: string }, Tables>('test.cut')
    .step('a', { do: async () => await runtime.sleep(20) })
    .transact('b', { do: async (tx, s) => void (await tx.insertInto('claim').values({ id: s.runId }).execute()) })
    .step('c', { do: async () => await runtime.sleep(20) })
    .onSucceeded(
      async (tx, s) =>
        void (await tx
          .insertInto('claim')
          .values({ id: `${s.runId}/end` })
          .execute()),
    )
    .build()
  const told: string[] = []
  let cuts = 0
  const engine = createEngine({
    db,
    runtime,
    incarnation: runtime.uuid(),
    workflows: [workflow],
    ctx: null,
    leaseMs: 60_000,
    beatMs: 100,
    onBug: ({ error }) => told.push(String(error)),
    onDatabaseError: () => cuts++,
  })
  await engine.recover()
  for (let index = 0; index < 30; index++) {
    engine.kick(await db.transaction().execute((tx) => engine.start(tx, workflow, { id: String(index) })))
  }
  const { rows: own } = await sql<{ name: string }>`select database() name`.execute(db)
  const killer = await openTestMysql<object>(server?.url ?? '', { connections: 1 })
  for (let round = 0; round < 50 && cuts < 3; round++) {
    const { rows } = await sql<{ id: number }>`select id from information_schema.processlist
      where db = ${own[0]?.name}`.execute(killer)
    for (const { id } of rows) await sql`kill connection ${sql.raw(String(id))}`.execute(killer).catch(() => undefined)
    await runtime.sleep(3)
  }
  await killer.destroy()
  await engine.idle()
  assert.deepEqual(told, [])
  assert.ok(cuts > 0, 'no cut was felt')
  const rows = await db.selectFrom('workflow_run').select('status').execute()
  assert.deepEqual(
    rows.map((row) => row.status),
    rows.map(() => 'succeeded'),
  )
  assert.equal((await db.selectFrom('claim').selectAll().execute()).length, 60)
  await engine.stop()
  await db.destroy()
})
