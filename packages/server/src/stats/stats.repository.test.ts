import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemRuntime } from '@altostack/core'
import { pino } from 'pino'
import { onEachDatabase } from '../testing/on-each-database.ts'
import { fieldOf, sampleOf, tiers } from './series.ts'
import { openStatFile } from './stat-database.ts'
import { createStats, type Stats } from './stats.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const weekMs = 7 * 24 * hourMs

onEachDatabase('statistics', ({ open }) => {
  const world = async () => {
    const { db, runtime } = await open()
    const clock = { now: Math.floor(1_700_000_000_000 / hourMs) * hourMs }
    const at = { db, runtime: { ...runtime, now: () => clock.now } }
    return { at, clock, stats: createStats(at, 7), db }
  }
  const record = (stats: Stats, now: number, ids: readonly number[], cpu: (id: number) => number): void => {
    for (const id of ids) stats.record('vm', id, { at: now, spanMs: 30_000, sample: sampleOf('vm', { cpu: cpu(id) }) })
  }
  const cpuOf = async (stats: Stats, id: number, from: number, to: number) => {
    const { points, stepMs } = await stats.history('vm', [id], from, to)
    return { stepMs, points: (points.get(id) ?? []).map(({ at, sample }) => [at, fieldOf('vm', sample, 'cpu')]) }
  }

  test('samples become means of 30 seconds, 5 minutes and an hour; each range has the finest, up to now', async () => {
    const { clock, stats } = await world()
    const begin = clock.now
    for (; clock.now < begin + 2 * hourMs; clock.now += 30_000) {
      // Object 3 rises by one a minute; 900 is in another block; 64 is its neighbour that says nothing of it.
      record(stats, clock.now, [3, 900, 64], (id) => (id === 3 ? (clock.now - begin) / minuteMs : 50))
      if (clock.now % (5 * minuteMs) !== 0) continue
      await stats.write()
      await stats.rollUp(weekMs)
    }
    await stats.write(true)
    await stats.rollUp(weekMs)
    const near = (value: unknown, wanted: number): void =>
      assert.ok(Math.abs(Number(value) - wanted) < 0.1, `${value} is not ${wanted}`)

    const hour = await cpuOf(stats, 3, clock.now - hourMs, clock.now)
    assert.equal(hour.stepMs, 30_000)
    assert.equal(hour.points.length, 120)
    near(hour.points[0]?.[1], 60)
    near(hour.points.at(-1)?.[1], 119.5)

    const day = await cpuOf(stats, 3, clock.now - 24 * hourMs, clock.now)
    assert.equal(day.stepMs, 300_000)
    assert.equal(day.points.length, 24, 'also the five minutes that are not summed up yet')
    // Means of ten samples: 0, 0.5 … 4.5 is 2.25.
    near(day.points[0]?.[1], 2.25)
    near(day.points.at(-1)?.[1], 117.25)

    const week = await cpuOf(stats, 3, clock.now - weekMs, clock.now)
    assert.equal(week.stepMs, 3_600_000)
    assert.equal(week.points.length, 2)
    near(week.points[0]?.[1], 29.75)
    near(week.points[1]?.[1], 89.75)
    assert.deepEqual((await cpuOf(stats, 4, clock.now - hourMs, clock.now)).points, [])
  })

  test('old slots are deleted by tier, and all of them after the shorter time that is set', async () => {
    const { db, clock, stats } = await world()
    for (let hours = 0; hours < 30; hours++) {
      record(stats, clock.now, [1], () => 10)
      await stats.write(true)
      clock.now += hourMs
      await stats.rollUp(weekMs)
    }
    const count = async (tier: number): Promise<number> =>
      (await db.selectFrom('stat_block').select('slot').where('tier', '=', tier).execute()).length
    assert.deepEqual([await count(0), await count(1), await count(2)], [1, 25, 29])
    assert.ok((tiers[1]?.keepMs ?? 0) < 30 * hourMs)
    await stats.rollUp(3 * hourMs)
    assert.deepEqual([await count(0), await count(1), await count(2)], [1, 3, 2])
  })

  test('two servers and a life after a kill: halves of a slot are one mean, and figures of others are known', async () => {
    const { at, clock, stats } = await world()
    const other = createStats(at, 8)
    record(stats, clock.now, [5], () => 20)
    record(other, clock.now, [6], () => 40)
    await Promise.all([stats.write(true), other.write(true)])
    assert.equal(stats.latest('vm', 6), undefined)
    await stats.follow()
    assert.ok(Math.abs((fieldOf('vm', stats.latest('vm', 6)?.sample ?? [], 'cpu') ?? 0) - 40) < 0.1)
    // Its next life writes the rest of the same slot.
    const again = createStats(at, 9)
    record(again, clock.now + 10_000, [5], () => 30)
    await again.write(true)
    const begin = clock.now
    clock.now += 10 * minuteMs
    await Promise.all([again.rollUp(weekMs), other.rollUp(weekMs)])
    const { points } = await cpuOf(again, 5, begin - 2 * hourMs, clock.now)
    assert.equal(points.length, 1)
    assert.ok(Math.abs(Number(points[0]?.[1]) - 25) < 0.1)
  })

  test('what is old is not the newest any more; what cannot be written is given up after ten minutes', async () => {
    const { at, clock } = await world()
    let broken = true
    const db = new Proxy(at.db, {
      get: (target, name) => {
        if (name === 'transaction' && broken) throw new Error('the disk is full')
        const member = Reflect.get(target, name, target)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
    const stats = createStats({ ...at, db }, 7)
    record(stats, clock.now, [1], () => 10)
    assert.ok(stats.latest('vm', 1))
    const begin = clock.now
    clock.now += 2 * minuteMs
    assert.equal(stats.latest('vm', 1), undefined)
    await assert.rejects(stats.write(), /disk is full/)
    record(stats, clock.now, [1], () => 30)
    clock.now += 9 * minuteMs
    broken = false
    await stats.write()
    const { points } = await cpuOf(stats, 1, begin, clock.now)
    assert.deepEqual(points.length, 1)
    assert.ok(Math.abs(Number(points[0]?.[1]) - 30) < 0.1)
  })
})

test('a file of statistics that cannot be read is put aside, and a new one is begun', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'alto-stats-'))
  try {
    const path = join(directory, 'metrics.db')
    const runtime = systemRuntime()
    writeFileSync(path, 'this is no database at all, whatever it says'.repeat(100))
    const file = await openStatFile(path, runtime, pino({ level: 'silent' }))
    const stats = createStats({ db: file.db, runtime }, 7)
    stats.record('vm', 1, { at: runtime.now(), spanMs: 1000, sample: sampleOf('vm', { cpu: 10 }) })
    await stats.write(true)
    assert.equal((await file.db.selectFrom('stat_block').selectAll().execute()).length, 1)
    await file.close()
    assert.ok(readdirSync(directory).some((name) => name.startsWith('metrics.db.unreadable-')))
    const again = await openStatFile(path, runtime, pino({ level: 'silent' }))
    assert.equal((await again.db.selectFrom('stat_block').selectAll().execute()).length, 1)
    await again.close()
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
