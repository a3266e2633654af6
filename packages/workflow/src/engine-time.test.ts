import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Json } from '@altostack/core'
import { simulatedRuntime } from '@altostack/testkit'
import { sql } from 'kysely'
import { CrashForTest, defineWorkflow, RetryLater } from './index.ts'
import {
  boom,
  define,
  engineOn,
  failing,
  type Input,
  noted,
  openSqlite,
  runRow,
  type Tables,
  type World,
  withDb,
} from './testing/engine-testbed.ts'

const keepAlive = setInterval(() => {}, 1000)
after(() => clearInterval(keepAlive))

describe('engine in virtual time', () => {
  test('the lease, back-off and far wake-ups: hours pass, each attempt comes when it should', () =>
    withDb(openSqlite, async (db) => {
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
    withDb(openSqlite, async (db) => {
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
    withDb(openSqlite, async (db) => {
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
