import assert from 'node:assert/strict'
import { Bug } from '@altostack/core'
import { defineWorkflow, LockBusy, RetryLater, type WorkflowEngine } from './index.ts'
import {
  boom,
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

onEachDialect('steps', (on) => {
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
        do: (s) => new Promise<void>((_, reject) => s.signal.addEventListener('abort', () => reject(s.signal.reason))),
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
})
