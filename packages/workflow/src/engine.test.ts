import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { AltoError, Bug, type Json } from '@altostack/core'
import { mariadbMissing, openTestMysql, openTestSqlite, simulatedRuntime, startMariadb } from '@altostack/testkit'
import { type Kysely, sql } from 'kysely'
import {
  CrashForTest,
  createEngine,
  createWorkflowTables,
  defineWorkflow,
  type EngineOptions,
  type FinishedRun,
  LockBusy,
  pruneRuns,
  RetryLater,
  type Workflow,
  type WorkflowEngine,
  type WorkflowTables,
} from './index.ts'

type World = { readonly journal: string[] }
type Tables = WorkflowTables & { note: { id: string; text: string } }
type Db = Kysely<Tables>
type Input = { readonly id: string }
const boom = new AltoError('test.boom', { api: 530, cause: 'x', fix: 'mend it' }, 'boom', { seen: 'smoke' })

// The engine's timers do not keep a process alive; this file's tests wait for them.
const keepAlive = setInterval(() => {}, 1000)
let url: string | undefined
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

const dialects = {
  SQLite: async () => openTestSqlite<Tables>(),
  MariaDB: async () => openTestMysql<Tables>(url as string),
}

async function withDb(open: () => Promise<Db>, body: (db: Db) => Promise<void>): Promise<void> {
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
const realRuntime = (await import('@altostack/core')).systemRuntime()

type Setup = {
  readonly engine: WorkflowEngine<World, Tables>
  readonly world: World
  readonly finished: FinishedRun[]
  readonly told: string[]
  readonly run: (workflow: Workflow<World, Input>, options?: { lockKey?: string; preempt?: boolean }) => Promise<string>
}
async function engineOn(
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
const define = (): ReturnType<typeof defineWorkflow<World, Input, Tables>> =>
  defineWorkflow<World, Input, Tables>('test.run')
const noted = (name: string, more: object = {}) => ({
  do: async (s: { ctx: World }) => void s.ctx.journal.push(`do ${name}`),
  undo: async (s: { ctx: World }) => void s.ctx.journal.push(`undo ${name}`),
  ...more,
})
const failing = (name: string, error: unknown) => ({
  do: async (s: { ctx: World }) => {
    s.ctx.journal.push(`do ${name}`)
    throw error
  },
  undo: async (s: { ctx: World }) => void s.ctx.journal.push(`undo ${name}`),
})
async function runRow(db: Db, id: string) {
  return await db.selectFrom('workflow_run').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}
async function notes(db: Db): Promise<string[]> {
  return (await db.selectFrom('note').select('id').orderBy('id').execute()).map((row) => row.id)
}

for (const [dialect, open] of Object.entries(dialects)) {
  const skip = dialect === 'MariaDB' ? (mariadbMissing() ?? false) : false
  describe(`engine on ${dialect}`, { skip }, () => {
    const on = (name: string, body: (db: Db) => Promise<void>): void => void test(name, () => withDb(open, body))

    on('runs steps in order, hands outputs on and ends in one transaction with the owner’s writes', async (db) => {
      const workflow = define()
        .step('one', { do: async (s) => ({ key: s.key, attempt: s.attempt }) })
        .transact('two', {
          do: async (tx, s) => void (await tx.insertInto('note').values({ id: 'two', text: s.out.one.key }).execute()),
        })
        .step('three', { do: async (s) => s.out.one.attempt + 1 })
        .onSucceeded(
          async (tx, s) =>
            void (await tx
              .insertInto('note')
              .values({ id: 'end', text: String(s.out.three) })
              .execute()),
        )
        .build()
      const { engine, finished, run } = await engineOn(db, [workflow])
      const id = await run(workflow)
      await engine.idle()
      assert.deepEqual(finished, [{ runId: id, workflow: 'test.run', status: 'succeeded' }])
      const rows = await db.selectFrom('note').selectAll().orderBy('id').execute()
      assert.deepEqual(
        rows.map((row) => [row.id, row.text]),
        [
          ['end', '2'],
          ['two', `${id}/one`],
        ],
      )
      const row = await runRow(db, id)
      assert.deepEqual([row.status, row.epoch, row.saves], ['succeeded', 1, 3])
      const steps = await db
        .selectFrom('workflow_step')
        .select(['name', 'seq', 'status', 'output'])
        .orderBy('seq')
        .execute()
      assert.deepEqual(
        steps.map((s) => [s.name, s.seq, s.status, s.output]),
        [
          ['one', 0, 'done', `{"key":"${id}/one","attempt":1}`],
          ['two', 1, 'done', 'null'],
          ['three', 2, 'done', '2'],
        ],
      )
      await engine.stop()
    })

    on(
      'a failed step unwinds backwards, itself included; the failure is saved with code, fix and evidence',
      async (db) => {
        const workflow = define()
          .step('a', noted('a'))
          .transact('t', {
            do: async (tx) => void (await tx.insertInto('note').values({ id: 't', text: '' }).execute()),
            undo: async (tx, s) => {
              s.ctx.journal.push('undo t')
              await tx.deleteFrom('note').where('id', '=', 't').execute()
            },
          })
          .step('b', failing('b', boom))
          .step('c', noted('c'))
          .onFailed(
            async (tx, _s, failure) =>
              void (await tx.insertInto('note').values({ id: 'failed', text: failure.code }).execute()),
          )
          .build()
        const { engine, world, finished, told, run } = await engineOn(db, [workflow])
        const id = await run(workflow)
        await engine.idle()
        assert.deepEqual(world.journal, ['do a', 'do b', 'undo b', 'undo t', 'undo a'])
        assert.deepEqual(await notes(db), ['failed'])
        const failure = {
          kind: 'fail',
          code: 'test.boom',
          message: 'boom',
          api: 530,
          fix: 'mend it',
          step: 'b',
          seen: 'smoke',
        }
        assert.deepEqual(finished, [{ runId: id, workflow: 'test.run', status: 'failed', failure }])
        assert.deepEqual(JSON.parse((await runRow(db, id)).error ?? ''), failure)
        assert.deepEqual(told, [])
        await engine.stop()
      },
    )

    on('an unexpected error and a Bug unwind too, are told, and keep their text from the caller', async (db) => {
      for (const error of [new TypeError('x is undefined'), new Bug('no such row')]) {
        const workflow = define().step('a', failing('a', error)).build()
        const { engine, world, finished, told, run } = await engineOn(db, [workflow])
        await run(workflow)
        await engine.idle()
        assert.deepEqual(world.journal, ['do a', 'undo a'])
        assert.equal(finished[0]?.failure?.kind, 'bug')
        assert.doesNotMatch(finished[0]?.failure?.message ?? '', /undefined|row/)
        assert.equal(finished[0]?.failure?.seen, error.message)
        assert.deepEqual(told, [`bug a: ${error.message}`])
        await engine.stop()
      }
    })

    on(
      'a database step that fails leaves nothing and is not undone; the effect before it is saved and undone',
      async (db) => {
        const workflow = define()
          .step('a', noted('a'))
          .transact('t', {
            do: async (tx) => {
              await tx.insertInto('note').values({ id: 't', text: '' }).execute()
              throw boom
            },
            undo: async (_tx, s) => void s.ctx.journal.push('undo t'),
          })
          .build()
        const { engine, world, run } = await engineOn(db, [workflow])
        await run(workflow)
        await engine.idle()
        assert.deepEqual(world.journal, ['do a', 'undo a'])
        assert.deepEqual(await notes(db), [])
        await engine.stop()
      },
    )

    on('a lost compare-and-set repeats the transaction, whoever repeats it; it never counts as a bug', async (db) => {
      class LostRace extends Error {
        override readonly name = 'LostRace'
      }
      for (const owner of [false, true]) {
        let races = 0
        const lose = async (s: { ctx: World }, what: string): Promise<void> => {
          s.ctx.journal.push(what)
          if (races++ < 3) throw new LostRace('somebody was faster')
        }
        const workflow = define()
          .transact('t', { do: (_tx, s) => lose(s, 'do t'), undo: (_tx, s) => lose(s, 'undo t') })
          .step('a', failing('a', boom))
          .build()
        let ownersRepeats = 0
        const { engine, world, finished, told, run } = await engineOn(
          db,
          [workflow],
          owner
            ? {
                transaction: async (body) => {
                  for (;;) {
                    try {
                      return await db.transaction().execute(body)
                    } catch (error) {
                      if (!(error instanceof LostRace)) throw error
                      ownersRepeats++
                    }
                  }
                },
              }
            : {},
        )
        await run(workflow)
        await engine.idle()
        assert.deepEqual(world.journal, ['do t', 'do t', 'do t', 'do t', 'do a', 'undo a', 'undo t'])
        assert.deepEqual([finished[0]?.failure?.code, told, ownersRepeats], ['test.boom', [], owner ? 3 : 0])
        await engine.stop()
      }
    })

    on('RetryLater sleeps and goes on with the same key; a wake-up cuts the sleep', async (db) => {
      const keys = new Set<string>()
      const workflow = define()
        .step('poll', {
          do: async (s) => {
            keys.add(s.key)
            if (s.attempt < 3) throw new RetryLater(s.attempt === 1 ? 10 : 3_600_000, 'not yet')
            return s.attempt
          },
        })
        .build()
      const { engine, finished, run } = await engineOn(db, [workflow])
      const id = await run(workflow)
      for (let attempts = 0; attempts < 2; attempts = (await runRow(db, id)).attempts) await realRuntime.sleep(5)
      assert.equal(engine.size(), 1)
      assert.ok(Number((await runRow(db, id)).wake_at) > realRuntime.now() + 3_000_000)
      engine.wake(id)
      await engine.idle()
      assert.equal(finished[0]?.status, 'succeeded')
      assert.deepEqual([...keys], [`${id}/poll`])
      await engine.stop()
    })

    on('a wake-up that comes while the step decides to sleep is not lost', async (db) => {
      let engine: WorkflowEngine<World, Tables> | undefined
      const workflow = define()
        .step('poll', {
          do: async (s) => {
            if (s.attempt > 1) return
            engine?.wake(s.runId)
            throw new RetryLater(3_600_000, 'not yet')
          },
        })
        .build()
      const setup = await engineOn(db, [workflow])
      engine = setup.engine
      await setup.run(workflow)
      await engine.idle()
      assert.equal(setup.finished[0]?.status, 'succeeded')
      await engine.stop()
    })

    on('a retried failure ends the run when its attempts are used up', async (db) => {
      const workflow = define()
        .step('a', { ...failing('a', boom), retry: { attempts: 3, firstMs: 1 } })
        .build()
      const waits = defineWorkflow<World, Input, Tables>('test.waits')
        .step('w', { ...failing('w', new RetryLater(1, 'host is away')), retry: { attempts: 2 } })
        .build()
      const { engine, world, finished, run } = await engineOn(db, [workflow, waits])
      await run(workflow)
      await engine.idle()
      assert.deepEqual(world.journal, ['do a', 'do a', 'do a', 'undo a'])
      assert.equal(finished[0]?.failure?.code, 'test.boom')
      await run(waits)
      await engine.idle()
      assert.equal(finished[1]?.failure?.code, 'workflow.retries')
      assert.match(finished[1]?.failure?.message ?? '', /host is away/)
      await engine.stop()
    })

    on('a deadline aborts the signal, fails the step and is told', async (db) => {
      const workflow = define()
        .step('slow', {
          do: (s) =>
            new Promise<void>((_, reject) => s.signal.addEventListener('abort', () => reject(s.signal.reason))),
          deadlineMs: 30,
        })
        .build()
      const { engine, finished, told, run } = await engineOn(db, [workflow])
      await run(workflow)
      await engine.idle()
      assert.equal(finished[0]?.failure?.code, 'workflow.deadline')
      assert.deepEqual(told, ['late slow'])
      await engine.stop()
    })

    on('an undo that keeps failing is stuck, keeps its lock, and resumes', async (db) => {
      let broken = true
      const workflow = define()
        .step('a', noted('a'))
        .step('b', {
          do: async () => {
            throw boom
          },
          undo: async (s) => {
            s.ctx.journal.push('undo b')
            if (broken) throw new Error('host is gone')
          },
          undoRetry: { attempts: 3, firstMs: 1 },
        })
        .build()
      const { engine, world, finished, told, run } = await engineOn(db, [workflow])
      const id = await run(workflow, { lockKey: 'vm:1' })
      await engine.idle()
      assert.deepEqual(world.journal, ['do a', 'undo b', 'undo b', 'undo b'])
      assert.deepEqual([(await runRow(db, id)).status, told], ['stuck', ['stuck b: host is gone']])
      await assert.rejects(run(workflow, { lockKey: 'vm:1' }), LockBusy)
      broken = false
      assert.equal(await engine.resume(id), true)
      assert.equal(await engine.resume(id), false)
      await engine.idle()
      assert.deepEqual(world.journal.slice(4), ['undo b', 'undo a'])
      assert.equal(finished[0]?.status, 'failed')
      await run(workflow, { lockKey: 'vm:1' })
      await engine.idle()
      await engine.stop()
    })

    on('at most one live run holds a key; it is free after the end; a rolled back start frees it too', async (db) => {
      const gate = Promise.withResolvers<void>()
      const workflow = define()
        .step('a', { do: () => gate.promise })
        .build()
      const { engine, run } = await engineOn(db, [workflow])
      const id = await run(workflow, { lockKey: 'vm:1' })
      await assert.rejects(
        run(workflow, { lockKey: 'vm:1' }),
        (error) => error instanceof LockBusy && error.runId === id,
      )
      await run(workflow, { lockKey: 'vm:2' })
      await assert.rejects(
        db.transaction().execute(async (tx) => {
          await engine.start(tx, workflow, { id: 'v' }, { lockKey: 'vm:3' })
          throw new Error('rolled back')
        }),
      )
      await run(workflow, { lockKey: 'vm:3' })
      gate.resolve()
      await engine.idle()
      assert.deepEqual(await db.selectFrom('workflow_lock').selectAll().execute(), [])
      await run(workflow, { lockKey: 'vm:1' })
      await engine.idle()
      await engine.stop()
    })

    on(
      'pre-empting ends the other run where it stands: its ending hears it, its driver saves nothing more',
      async (db) => {
        const gate = Promise.withResolvers<void>()
        const first = define()
          .step('a', {
            do: async (s) => {
              s.signal.addEventListener('abort', () => s.ctx.journal.push(`abort ${(s.signal.reason as Error).name}`))
              await gate.promise
            },
            undo: async (s) => void s.ctx.journal.push('undo a'),
          })
          .onSucceeded(async (_tx, s) => void s.ctx.journal.push('first succeeded'))
          .onFailed(async (tx, s, failure) => {
            s.ctx.journal.push(`first ${failure.kind}`)
            await tx.insertInto('note').values({ id: 'preempted', text: failure.code }).execute()
          })
          .build()
        const second = defineWorkflow<World, Input, Tables>('test.ha').step('b', noted('b')).build()
        const { engine, world, finished, told, run } = await engineOn(db, [first, second])
        const one = await run(first, { lockKey: 'vm:1' })
        const two = await run(second, { lockKey: 'vm:1', preempt: true })
        for (let round = 0; round < 100 && world.journal.length < 3; round++) await realRuntime.sleep(5)
        gate.resolve()
        await engine.idle()
        assert.deepEqual(world.journal.toSorted(), ['abort LeaseLost', 'do b', 'first preempted'])
        assert.deepEqual(await notes(db), ['preempted'])
        const row = await runRow(db, one)
        assert.deepEqual([row.status, row.epoch, (await runRow(db, two)).status], ['failed', 2, 'succeeded'])
        assert.deepEqual([finished.map((run) => run.runId), told], [[two], []])
        await engine.stop()
      },
    )

    on('cancel is seen between steps, and by a step that looks; after the point of no return it is not', async (db) => {
      const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const body = (index: number) => ({
        do: async (s: { ctx: World; cancelled: () => boolean }) => {
          s.ctx.journal.push(`do ${index}`)
          await gates[index]?.promise
          s.ctx.journal.push(`cancelled ${s.cancelled()}`)
        },
        undo: async (s: { ctx: World }) => void s.ctx.journal.push(`undo ${index}`),
      })
      const early = define().step('a', body(0)).step('b', noted('b')).build()
      const late = defineWorkflow<World, Input, Tables>('test.late')
        .step('a', { ...body(1), uncancellable: true })
        .step('b', noted('b'))
        .build()
      const { engine, world, finished, run } = await engineOn(db, [early, late])
      for (const [index, workflow] of [early, late].entries()) {
        world.journal.length = 0
        const id = await run(workflow)
        for (let round = 0; round < 100 && world.journal.length === 0; round++) await realRuntime.sleep(2)
        assert.equal(await db.transaction().execute((tx) => engine.cancel(tx, id)), true)
        engine.wake(id)
        await realRuntime.sleep(30)
        gates[index]?.resolve()
        await engine.idle()
        assert.equal(await db.transaction().execute((tx) => engine.cancel(tx, id)), false)
        const tail = index === 0 ? ['undo 0'] : ['do b']
        assert.deepEqual(world.journal, [`do ${index}`, 'cancelled true', ...tail])
        assert.equal(finished[index]?.failure?.kind, index === 0 ? 'cancelled' : undefined)
      }
      await engine.stop()
    })

    on('a sleeping run that is cancelled unwinds at once', async (db) => {
      const workflow = define()
        .step('a', noted('a'))
        .step('b', failing('b', new RetryLater(3_600_000, 'wait')))
        .build()
      const { engine, world, finished, run } = await engineOn(db, [workflow])
      const id = await run(workflow)
      for (let round = 0; round < 200 && (await runRow(db, id)).wake_at === null; round++) await realRuntime.sleep(2)
      await db.transaction().execute((tx) => engine.cancel(tx, id))
      engine.wake(id)
      await engine.idle()
      assert.deepEqual(world.journal, ['do a', 'do b', 'undo b', 'undo a'])
      assert.equal(finished[0]?.failure?.code, 'workflow.cancelled')
      await engine.stop()
    })

    on('stop leaves the step in flight started; the next engine runs it again with the same key', async (db) => {
      const workflow = define()
        .step('a', {
          do: async (s) => {
            s.ctx.journal.push(`do ${s.epoch}`)
            if (s.epoch === 1)
              await new Promise((_, reject) => s.signal.addEventListener('abort', () => reject(s.signal.reason)))
          },
        })
        .build()
      const one = await engineOn(db, [workflow])
      const id = await one.run(workflow)
      for (let round = 0; round < 100 && one.world.journal.length === 0; round++) await realRuntime.sleep(2)
      await one.engine.stop()
      assert.equal((await runRow(db, id)).status, 'running')
      const two = await engineOn(db, [workflow], { ctx: one.world })
      await two.engine.idle()
      assert.deepEqual([two.world.journal, two.finished[0]?.status], [['do 1', 'do 2'], 'succeeded'])
      await two.engine.stop()
    })

    on('progress is saved; old ended runs are pruned', async (db) => {
      const workflow = define()
        .step('a', { do: async (s) => await s.progress({ percent: 50 }) })
        .build()
      const { engine, run } = await engineOn(db, [workflow])
      const id = await run(workflow)
      await engine.idle()
      assert.equal((await runRow(db, id)).progress, '{"percent":50}')
      assert.equal(await pruneRuns(db, { endedBefore: realRuntime.now() - 1000 }), 0)
      assert.equal(await pruneRuns(db, { endedBefore: realRuntime.now() + 1000 }), 1)
      assert.deepEqual(await db.selectFrom('workflow_step').selectAll().execute(), [])
      await engine.stop()
    })

    on(
      'of two live servers none takes the other’s runs; a dead one’s are taken when its lease has run out',
      async (db) => {
        const crash = { now: false }
        const workflow = define()
          .step('a', {
            do: async (s) => {
              s.ctx.journal.push(`do a ${s.epoch}`)
              if (crash.now) throw new CrashForTest()
            },
          })
          .build()
        const one = await engineOn(db, [workflow], { leaseMs: 400 })
        crash.now = true
        const id = await one.run(workflow)
        await assert.rejects(one.engine.idle(), CrashForTest)
        crash.now = false
        const two = await engineOn(db, [workflow], { ctx: one.world, leaseMs: 400 })
        assert.equal(two.engine.size(), 0)
        for (let round = 0; round < 400 && two.finished.length === 0; round++) await realRuntime.sleep(5)
        assert.deepEqual([two.finished[0]?.runId, two.world.journal], [id, ['do a 1', 'do a 2']])
        assert.equal((await runRow(db, id)).owner, two.engine.incarnation)
        await two.engine.stop()
      },
    )

    on('a server that slept past its lease stops by itself, and its late step saves nothing', async (db) => {
      const gate = Promise.withResolvers<void>()
      let lost = false
      const workflow = define()
        .step('a', {
          do: async (s) => {
            s.ctx.journal.push(`a ${s.epoch}`)
            if (s.epoch === 1) await gate.promise
          },
        })
        .step('b', { do: async (s) => void s.ctx.journal.push(`b ${s.epoch}`) })
        .build()
      const frozen: (() => void)[] = []
      const freeze = (task: () => void) => {
        frozen.push(task)
        return () => {}
      }
      const one = await engineOn(db, [workflow], {
        leaseMs: 200,
        // Its timers stand still, as in a stopped process.
        runtime: { ...realRuntime, after: (_ms, task) => freeze(task) },
        onLeaseLost: () => {
          lost = true
        },
      })
      const id = await one.run(workflow)
      await realRuntime.sleep(250)
      const two = await engineOn(db, [workflow], { ctx: one.world, leaseMs: 60_000 })
      await two.engine.idle()
      const ended = await runRow(db, id)
      gate.resolve()
      for (const task of frozen) task()
      for (let round = 0; round < 100 && !lost; round++) await realRuntime.sleep(5)
      await one.engine.idle()
      assert.deepEqual(one.world.journal, ['a 1', 'a 2', 'b 2'])
      assert.deepEqual(await runRow(db, id), ended)
      assert.deepEqual([one.finished, two.finished.map((run) => run.runId), lost], [[], [id], true])
      await two.engine.stop()
    })

    on('runs of an unknown workflow are left for a release that knows them', async (db) => {
      const gate = new CrashForTest()
      const workflow = define().step('a', failing('a', gate)).build()
      const one = await engineOn(db, [workflow], { all: true })
      const id = await one.run(workflow)
      await assert.rejects(one.engine.idle(), CrashForTest)
      const two = await engineOn(db, [], { all: true })
      await two.engine.idle()
      assert.equal((await runRow(db, id)).status, 'running')
      assert.deepEqual(two.told, ['bug undefined: no workflow is called test.run in this release'])
      await two.engine.stop()
    })

    on('misuse is refused by name', async (db) => {
      const workflow = define().step('a', noted('a')).build()
      const stranger = defineWorkflow<World, Input, Tables>('test.other').step('a', noted('a')).build()
      const engine = createEngine<World, Tables>({
        db,
        runtime: realRuntime,
        incarnation: 'i',
        workflows: [workflow],
        ctx: { journal: [] },
      })
      await assert.rejects(
        db.transaction().execute((tx) => engine.start(tx, workflow, { id: '' })),
        /call recover before start/,
      )
      await engine.recover()
      await assert.rejects(engine.recover(), /once/)
      await assert.rejects(
        db.transaction().execute((tx) => engine.start(tx, stranger, { id: '' })),
        /not this engine's/,
      )
      engine.kick('no-such-run')
      await engine.idle()
      await engine.stop()
      const twice = {
        db,
        runtime: realRuntime,
        incarnation: 'j',
        workflows: [workflow, workflow],
        ctx: { journal: [] },
      }
      assert.throws(() => createEngine<World, Tables>(twice), /two workflows are called test.run/)
    })
  })
}

describe('engine in virtual time', () => {
  test('the lease, back-off and far wake-ups: hours pass, each attempt comes when it should', () =>
    withDb(dialects.SQLite, async (db) => {
      const runtime = simulatedRuntime(3)
      const at: number[] = []
      const workflow = define()
        .step('wait', {
          do: async (s): Promise<Json> => {
            at.push(runtime.monotonic())
            if (s.attempt <= 4) throw new RetryLater(s.attempt === 4 ? 5 * 3_600_000 : undefined, 'no')
            return null
          },
          retry: { firstMs: 1000, factor: 10, maxMs: 60_000 },
        })
        .build()
      const databaseNow = () => sql<number>`${runtime.now()}`
      const { engine, finished, run } = await engineOn(db, [workflow], { runtime, databaseNow })
      await run(workflow)
      await runtime.settle(engine.idle(), { maxMs: 10 * 3_600_000 })
      assert.equal(finished[0]?.status, 'succeeded')
      const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0))
      for (const [index, plain] of [1000, 10_000, 60_000].entries()) {
        assert.ok(Math.abs((pauses[index] ?? 0) / plain - 1) <= 0.21, `pause ${index}: ${pauses[index]}`)
      }
      assert.ok(Math.abs((pauses[3] ?? 0) - 5 * 3_600_000) < 10)
      await engine.stop()
    }))

  test('a failing ending is repeated, then stuck; a failing happy ending unwinds', () =>
    withDb(dialects.SQLite, async (db) => {
      const runtime = simulatedRuntime(9)

      let broken = true
      const sad = define()
        .step('a', failing('a', boom))
        .onFailed(async () => {
          if (broken) throw new Error('no such job')
        })
        .build()
      const happy = defineWorkflow<World, Input, Tables>('test.happy')
        .step('a', noted('a'))
        .onSucceeded(async () => {
          throw boom
        })
        .build()
      const { engine, world, finished, told, run } = await engineOn(db, [sad, happy], {
        runtime,
        all: true,
      })
      const id = await run(sad)
      await runtime.settle(engine.idle())
      assert.deepEqual(told, ['stuck undefined: no such job'])
      broken = false
      await engine.resume(id)
      await runtime.settle(engine.idle())
      assert.equal(finished[0]?.status, 'failed')
      world.journal.length = 0
      await run(happy)
      await runtime.settle(engine.idle())
      assert.deepEqual([finished[1]?.failure?.code, world.journal], ['test.boom', ['do a', 'undo a']])
      await engine.stop()
    }))

  test('a step inserted before stored ones runs late; a retired step is still undone, in the order it began', () =>
    withDb(dialects.SQLite, async (db) => {
      const old = define()
        .step('gone', noted('gone'))
        .step('a', noted('a'))
        .step('b', failing('b', new CrashForTest()))
        .build()
      const today = define()
        .retired('gone', { undo: async (s) => void s.ctx.journal.push('undo gone') })
        .step('new', noted('new'))
        .step('a', noted('a'))
        .step('b', noted('b'))
        .step('c', failing('c', boom))
        .build()
      const one = await engineOn(db, [old], { all: true })
      await one.run(old)
      await assert.rejects(one.engine.idle(), CrashForTest)
      const two = await engineOn(db, [today], { all: true })
      await two.engine.idle()
      assert.deepEqual(two.world.journal, [
        'do new',
        'do b',
        'do c',
        'undo c',
        'undo new',
        'undo b',
        'undo a',
        'undo gone',
      ])
      const careless = define().step('a', noted('a')).step('b', failing('b', boom)).build()
      const three = await engineOn(db, [old], { all: true })
      const id = await three.run(old)
      await assert.rejects(three.engine.idle(), CrashForTest)
      const runtime = simulatedRuntime(4)
      const four = await engineOn(db, [careless], { all: true, runtime })
      await runtime.settle(four.engine.idle())
      assert.equal((await runRow(db, id)).status, 'stuck')
      assert.match(four.told.join(), /step gone of test.run is gone.*keep it as retired/)
    }))
})
