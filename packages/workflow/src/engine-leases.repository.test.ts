import assert from 'node:assert/strict'
import { CrashForTest, createEngine, defineWorkflow, LockBusy, pruneRuns, RetryLater } from './index.ts'
import {
  define,
  engineOn,
  failing,
  type Input,
  noted,
  notes,
  onEachDialect,
  realRuntime,
  runRow,
  type Tables,
  type World,
} from './testing/engine-testbed.ts'

onEachDialect('who may act', (on) => {
  on('at most one live run holds a key; it is free after the end; a rolled back start frees it too', async (db) => {
    const gate = Promise.withResolvers<void>()
    const workflow = define()
      .step('a', { do: () => gate.promise })
      .build()
    const { engine, run } = await engineOn(db, [workflow])
    const id = await run(workflow, { lockKey: 'vm:1' })
    await assert.rejects(run(workflow, { lockKey: 'vm:1' }), (error) => error instanceof LockBusy && error.runId === id)
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
