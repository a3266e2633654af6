import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AltoError } from '@altostack/core'
import { cronPattern, nextRun } from './schedule.ts'

const at = (text: string): number => new Date(text).getTime()

describe('schedules of snapshot policies', () => {
  test("CloudStack's four forms", () => {
    assert.equal(cronPattern(0, '5'), '5 * * * *')
    assert.equal(cronPattern(1, '00:3'), '0 3 * * *')
    assert.equal(cronPattern(2, '30:02:1'), '30 2 * * 0', '1 is Sunday')
    assert.equal(cronPattern(3, '15:04:28'), '15 4 28 * *')
  })

  test('what is none is refused by name', () => {
    for (const [interval, schedule] of [
      [0, '60'],
      [0, '5:3'],
      [1, '5'],
      [1, '5:24'],
      [2, '0:0:0'],
      [2, '0:0:8'],
      [3, '0:0:29'],
      [3, '0:0'],
      [1, '*:3'],
      [1, ''],
      [0, '-1'],
    ] as const) {
      assert.throws(
        () => cronPattern(interval, schedule),
        (error) => error instanceof AltoError && error.code === 'snapshot.policy',
        `${interval} ${schedule}`,
      )
    }
    assert.throws(() => nextRun(1, '0:3', 'Europe/Atlantis', 0), { code: 'snapshot.policy' })
  })

  test('the next time, in the zone of the policy and over its change of clocks', () => {
    assert.equal(nextRun(0, '30', 'UTC', at('2026-11-26T09:40:00Z')), at('2026-11-26T10:30:00Z'))
    assert.equal(nextRun(1, '0:3', 'Europe/Berlin', at('2026-01-10T12:00:00Z')), at('2026-01-11T02:00:00Z'))
    assert.equal(nextRun(1, '0:3', 'Europe/Berlin', at('2026-07-10T12:00:00Z')), at('2026-07-11T01:00:00Z'))
    assert.equal(nextRun(2, '0:0:2', 'UTC', at('2026-11-26T09:40:00Z')), at('2026-11-30T00:00:00Z'), 'Monday')
    assert.equal(nextRun(3, '0:0:1', 'UTC', at('2026-11-26T09:40:00Z')), at('2026-12-01T00:00:00Z'))
  })
})
