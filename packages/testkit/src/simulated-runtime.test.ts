import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { simulatedRuntime } from './simulated-runtime.ts'

async function trace(seed: number): Promise<string[]> {
  const runtime = simulatedRuntime(seed)
  const seen: string[] = []
  const worker = async (name: string): Promise<void> => {
    for (let round = 0; round < 3; round++) {
      await runtime.sleep(10)
      seen.push(`${name}${round}@${runtime.monotonic()}`)
    }
  }
  await runtime.settle(Promise.all(['a', 'b', 'c', 'd'].map(worker)))
  return [...seen, runtime.uuid(), String(runtime.random())]
}

test('one seed is one execution; another seed orders the same instants differently', async () => {
  assert.deepEqual(await trace(7), await trace(7))
  const orders = new Set<string>()
  for (let seed = 0; seed < 20; seed++) orders.add((await trace(seed)).slice(0, 12).join())
  assert.ok(orders.size > 10, `only ${orders.size} orders of 20`)
})

test('virtual time leaps: an hour passes at once, in order of due time', async () => {
  const runtime = simulatedRuntime(1)
  const seen: number[] = []
  for (const ms of [3_000_000, 5, 70_000, 5_000, 80]) runtime.after(ms, () => seen.push(ms))
  const cancel = runtime.after(60, () => seen.push(-1))
  cancel()
  const start = runtime.now()
  await runtime.advance(3_600_000)
  assert.deepEqual(seen, [5, 80, 5_000, 70_000, 3_000_000])
  assert.equal(runtime.now() - start, 3_600_000)
})

test('an aborted sleep rejects with the reason and leaves no task', async () => {
  const runtime = simulatedRuntime(1)
  const controller = new AbortController()
  const sleeping = runtime.sleep(1000, controller.signal)
  runtime.after(10, () => controller.abort(new Error('enough')))
  await assert.rejects(runtime.settle(sleeping), /enough/)
  assert.equal(runtime.monotonic(), 10)
  assert.equal(runtime.waiting(), 0)
})

test('a condition that never holds is an error that names the seed', async () => {
  await assert.rejects(
    simulatedRuntime(42).run(() => false),
    /seed 42: nothing is left to run/,
  )
  const runtime = simulatedRuntime(43)
  const again = (): void => void runtime.after(100, again)
  again()
  await assert.rejects(
    runtime.run(() => false, { maxMs: 1000 }),
    /seed 43: .* after 1000 virtual ms/,
  )
  assert.equal(runtime.monotonic(), 1000)
})

test('ids are version 4 UUIDs and numbers are uniform', () => {
  const runtime = simulatedRuntime(5)
  for (let round = 0; round < 200; round++) {
    assert.match(runtime.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  }
  const mean = Array.from({ length: 10_000 }, () => runtime.random()).reduce((sum, value) => sum + value, 0) / 10_000
  assert.ok(Math.abs(mean - 0.5) < 0.02)
})

test('no virtual time passes while files are worked on', async () => {
  const runtime = simulatedRuntime(1)
  let late = false
  runtime.after(1000, () => {
    late = true
  })
  // Each a turn of its own of the thread pool.
  const work = async (): Promise<void> => {
    for (let at = 0; at < 20; at++) await readFile(import.meta.filename)
  }
  await runtime.settle(work())
  assert.equal(late, false)
  assert.equal(runtime.monotonic(), 0)
})
