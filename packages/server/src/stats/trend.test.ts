import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SharePoint, trendOf } from './trend.ts'

const hourMs = 3_600_000
const week = (share: (hour: number) => number): SharePoint[] =>
  Array.from({ length: 168 }, (_, hour) => ({ at: hour * hourMs, share: share(hour) }))

test('a steady growth crosses the threshold when the line does', () => {
  const trend = trendOf(
    week((hour) => 0.4 + (0.02 / 24) * hour),
    0.8,
  )
  assert.ok(trend)
  assert.ok(Math.abs(trend.perDay - 0.02) < 1e-9)
  // At the end 0.539 is used: 0.261 are left at 0.02 a day.
  assert.ok(Math.abs((trend.days ?? 0) - 13.04) < 0.1, String(trend.days))
})

test('noise around a growth hardly moves it; days and nights do not look like growth', () => {
  const noisy = trendOf(
    week((hour) => 0.4 + (0.02 / 24) * hour + (hour % 2 === 0 ? 0.01 : -0.01)),
    0.8,
  )
  assert.ok(Math.abs((noisy?.perDay ?? 0) - 0.02) < 0.001)
  const daily = trendOf(
    week((hour) => 0.5 + 0.1 * Math.sin((2 * Math.PI * hour) / 24)),
    0.8,
  )
  assert.ok(Math.abs(daily?.perDay ?? 1) < 0.01)
})

test('what shrinks or stands still never gets there, what is there needs no days', () => {
  assert.equal(
    trendOf(
      week((hour) => 0.7 - hour / 1000),
      0.8,
    )?.days,
    undefined,
  )
  assert.equal(
    trendOf(
      week(() => 0.5),
      0.8,
    )?.days,
    undefined,
  )
  assert.equal(
    trendOf(
      week(() => 0.9),
      0.8,
    )?.days,
    0,
  )
  assert.equal(
    trendOf(
      week((hour) => 0.1 + hour * 1e-9),
      0.8,
    )?.days,
    undefined,
  )
})

test('too little says nothing', () => {
  assert.equal(trendOf([], 0.8), undefined)
  assert.equal(trendOf(week((hour) => hour / 1000).slice(0, 5), 0.8), undefined)
  const minutes = Array.from({ length: 30 }, (_, at) => ({ at: at * 60_000, share: at / 100 }))
  assert.equal(trendOf(minutes, 0.8), undefined)
})
