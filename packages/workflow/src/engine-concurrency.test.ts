import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { RetryLater } from './index.ts'
import { define, engineOn, openSqlite, realRuntime, withDb } from './testing/engine-testbed.ts'

const keepAlive = setInterval(() => {}, 1000)
after(() => clearInterval(keepAlive))

test('no more runs at once than the limit says now; a sleeping run takes no place', () =>
  withDb(openSqlite, async (db) => {
    let limit = 2
    let [now, most, slept] = [0, 0, 0]
    const work = define()
      .step('work', {
        do: async () => {
          most = Math.max(most, ++now)
          await realRuntime.sleep(20)
          now--
        },
      })
      .build()
    const sleeper = {
      ...define()
        .step('wait', { do: async () => sleep() })
        .build(),
      name: 'test.sleeper',
    }
    async function sleep(): Promise<void> {
      slept++
      if (slept < 3) throw new RetryLater(60_000, 'not yet')
    }
    const { engine, finished, run } = await engineOn(db, [work, sleeper], { concurrency: () => limit })
    for (let index = 0; index < 2; index++) await run(sleeper)
    while (slept < 2) await realRuntime.sleep(5)
    for (let index = 0; index < 8; index++) await run(work)
    while (finished.length < 2) await realRuntime.sleep(5)
    assert.equal(most, 2)
    limit = 4
    while (finished.length < 8) await realRuntime.sleep(5)
    assert.equal(most, 4)
    await engine.stop()
  }))
