import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemRuntime } from '@altostack/core'
import { type AskLease, openPoolLeases } from './pool-lease.ts'

const pool = { uuid: '00000000-0000-4000-8000-000000000001', type: 'CLVM', path: '/dev/vg' } as const

/** The server's side in small, with a clock of the test. */
function lender() {
  let now = 0
  let row: { host: string; term: string; expires: number } | undefined
  const runtime = {
    ...systemRuntime(),
    monotonic: () => now,
    sleep: async (ms: number) => {
      now += ms
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
  const asked: string[] = []
  const as =
    (host: string, down: () => boolean = () => false): AskLease =>
    async ({ act, term }) => {
      asked.push(`${host} ${act}`)
      if (down()) throw new Error('no management server is connected')
      if (act === 'give') {
        if (row?.term === term) row = undefined
        return { held: false, ttlMs: 0 }
      }
      if (row !== undefined && row.host !== host && row.expires > now)
        return { held: false, ttlMs: 0, holder: row.host }
      row = { host, term, expires: now + 60_000 }
      return { held: true, ttlMs: 60_000 }
    }
  return { runtime, as, asked, row: () => row, pass: (ms: number) => (now += ms) }
}
const refused = (words: RegExp) => (error: { data?: { code?: string; seen?: string } }) => {
  assert.equal(error.data?.code, 'pool.lease')
  assert.match(error.data?.seen ?? '', words)
  return true
}

test('two hosts change a pool one after the other; work of one host goes side by side', async () => {
  const world = lender()
  const [a, b] = ['a', 'b'].map((host) =>
    openPoolLeases({ runtime: world.runtime, ask: world.as(host), changeMs: 20_000 }),
  )
  const journal: string[] = []
  const work = (name: string) => async () => {
    journal.push(`${name} begins`)
    for (let at = 0; at < 5; at++) await new Promise((resolve) => setImmediate(resolve))
    journal.push(`${name} ends`)
  }
  await Promise.all([a!.hold(pool, work('a1')), a!.hold(pool, work('a2')), b!.hold(pool, work('b'))])
  assert.deepEqual(journal, ['a1 begins', 'a2 begins', 'a1 ends', 'a2 ends', 'b begins', 'b ends'])
  assert.equal(world.asked.filter((one) => one === 'a take').length, 1, 'one holding for both')
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(world.row(), undefined)
})

test('a host that died keeps others waiting until its lease ends; a refusal names it', async () => {
  const world = lender()
  await world.as('dead')({ poolUuid: pool.uuid, act: 'take', term: 't' })
  const hasty = openPoolLeases({ runtime: world.runtime, ask: world.as('b'), changeMs: 20_000, waitMs: 10_000 })
  await assert.rejects(
    hasty.hold(pool, async () => {}),
    refused(/dead has it/),
  )
  const patient = openPoolLeases({ runtime: world.runtime, ask: world.as('b'), changeMs: 20_000 })
  assert.equal(await patient.hold(pool, async () => 'done'), 'done')
})

test('no change begins that the lease may not outlive: it is taken again, or refused', async () => {
  const world = lender()
  let away = false
  const leases = openPoolLeases({ runtime: world.runtime, ask: world.as('a', () => away), changeMs: 20_000 })
  await leases.hold(pool, async (lease) => {
    await lease.require()
    world.pass(50_000)
    await lease.require()
    assert.equal(world.asked.filter((one) => one === 'a take').length, 2)
    world.pass(50_000)
    away = true
    await assert.rejects(lease.require(), refused(/no management server/))
    away = false
    world.pass(30_000)
    await world.as('b')({ poolUuid: pool.uuid, act: 'take', term: 'other' })
    await assert.rejects(lease.require(), refused(/b has it/))
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(world.row()?.host, 'b', "giving back an old lease leaves another's alone")
})
