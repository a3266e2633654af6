import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { SeedResult } from './run-seed.ts'
import type { SeedInput } from './seed.worker.ts'
import { startWorkers, type WorkerPool } from './worker-pool.ts'

/** Seeds of the gate, and of a full run. `./alto sim --seeds N` runs more of them. */
const seeds = process.env.ALTO_TEST_FULL === '1' ? 1000 : 50

describe('simulation', () => {
  let workers: WorkerPool<SeedInput, SeedResult>
  before(() => {
    workers = startWorkers(new URL('./seed.worker.ts', import.meta.url), 2)
  })
  after(() => workers.close())

  test('the same seed is the same execution', async () => {
    const first = { seed: 1, withLines: true }
    const [once, again] = await Promise.all([workers.run(first), workers.run(first)])
    const at = once.lines.findIndex((line, index) => line !== again.lines[index])
    assert.equal(once.digest, again.digest, `first difference: ${once.lines[at]} | ${again.lines[at]}`)
    assert.ok(once.lines.length > 500, 'much has happened')
    assert.notEqual(once.digest, (await workers.run({ seed: 2 })).digest)
  })

  test(`nothing is lost, doubled or left behind in ${seeds} seeds`, async () => {
    const runs = new Map<string, number>()
    const failed: string[] = []
    const all = await Promise.all(Array.from({ length: seeds }, (_, index) => workers.run({ seed: index + 1 })))
    for (const { seed, ...result } of all) {
      for (const [name, times] of Object.entries(result.runs)) runs.set(name, (runs.get(name) ?? 0) + times)
      if (result.wrongs.length > 0) failed.push(`./alto sim --seed ${seed}: ${result.wrongs.join('; ')}`)
    }
    assert.deepEqual(failed, [])
    // A simulation in which nothing succeeds, or nothing fails, proves little.
    for (const workflow of ['vm.start', 'vm.stop', 'vm.migrate', 'vm.destroy', 'vm.reboot', 'vm.expunge']) {
      assert.ok(
        (runs.get(`${workflow} succeeded`) ?? 0) > 10,
        `${workflow} succeeds: ${runs.get(`${workflow} succeeded`)}`,
      )
    }
    for (const workflow of ['vm.start', 'vm.migrate', 'vm.reboot']) {
      const failures = runs.get(`${workflow} failed`) ?? 0
      assert.ok(failures >= 10, `${workflow} fails: ${failures}`)
    }
  })
})
