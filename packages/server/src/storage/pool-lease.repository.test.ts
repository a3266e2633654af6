import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onEachDatabase } from '../testing/on-each-database.ts'
import { giveLease, takeLease, type WantedLease } from './pool-lease.repository.ts'

const lease = (hostId: number, more: Partial<WantedLease> = {}): WantedLease => ({
  ...{ poolId: 1, hostId, term: `term-of-${hostId}`, expires: 1000 },
  ...more,
})

onEachDatabase('lease of a pool', (each) => {
  test('one host has it until it gives it back or its time is over; another pool is another matter', async () => {
    const { db } = await each.open()
    assert.equal(await takeLease(db, lease(7), 0), undefined)
    assert.equal(await takeLease(db, lease(7, { expires: 1500 }), 0), undefined, 'again, to go on')
    assert.equal(await takeLease(db, lease(8), 0), 'host 7')
    assert.equal(await takeLease(db, lease(8, { poolId: 2 }), 0), undefined)
    await giveLease(db, 1, 8, 'term-of-8')
    await giveLease(db, 1, 7, 'a term of before')
    assert.equal(await takeLease(db, lease(8), 1500), 'host 7', 'its last moment is its own')
    assert.equal(await takeLease(db, lease(8, { expires: 3000 }), 1501), undefined, 'it has ended')
    await giveLease(db, 1, 7, 'term-of-7')
    assert.equal(await takeLease(db, lease(7), 1501), 'host 8', 'what it lost is not its own to give')
    await giveLease(db, 1, 8, 'term-of-8')
    assert.equal(await takeLease(db, lease(7), 0), undefined)
  })

  test('of many that ask at once one has it', async () => {
    const { db } = await each.open()
    const answers = await Promise.all(Array.from({ length: 12 }, (_, at) => takeLease(db, lease(at + 1), 0)))
    const winners = answers.flatMap((answer, at) => (answer === undefined ? [at + 1] : []))
    assert.equal(winners.length, 1, JSON.stringify(answers))
    assert.ok(answers.every((answer) => answer === undefined || answer === `host ${winners[0]}`))
  })
})
