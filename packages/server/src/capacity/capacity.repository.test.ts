import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemRuntime } from '@altostack/core'
import { transact } from '../db/transaction.ts'
import { onEachDatabase } from '../testing/on-each-database.ts'
import { claimHost, claimPool, releaseHost, reserveHost } from './claims.ts'
import { wrongClaims } from './recalculation.ts'

const runtime = systemRuntime()
const limits = { cpuRatio: 1, memoryRatio: 2, maxGuests: 3 }
const one = { cpu: 1000, memory: 100, cores: 1 }

onEachDatabase('claims', (each) => {
  let shared: ReturnType<typeof each.open> | undefined
  const open = () => {
    shared ??= each.open()
    return shared
  }
  test('a claim fits or is refused, never exceeds, and can be given back or reserved', async () => {
    const { db } = await open()
    const ctx = { db, runtime }
    await db
      .insertInto('host_capacity')
      .values({ host_id: 1, cpu_total: 2000, memory_total: 150, cores_total: 2 })
      .execute()
    const row = () => db.selectFrom('host_capacity').selectAll().where('host_id', '=', 1).executeTakeFirstOrThrow()

    assert.equal(await transact(ctx, (tx) => claimHost(tx, 1, one, limits)), true)
    assert.equal(await transact(ctx, (tx) => claimHost(tx, 1, one, limits)), true)
    assert.equal(await transact(ctx, (tx) => claimHost(tx, 1, one, limits)), false, 'CPU is used up')
    assert.deepEqual(
      { ...(await row()) },
      {
        host_id: 1,
        cpu_total: 2000,
        cpu_used: 2000,
        cpu_reserved: 0,
        memory_total: 150,
        memory_used: 200,
        memory_reserved: 0,
        cores_total: 2,
        cores_used: 2,
        vms: 2,
      },
    )
    await transact(ctx, (tx) => reserveHost(tx, 1, one))
    assert.equal(await transact(ctx, (tx) => claimHost(tx, 1, one, limits)), false, 'what is reserved is not free')
    await transact(ctx, (tx) => releaseHost(tx, 1, one))
    assert.equal(await transact(ctx, (tx) => claimHost(tx, 1, one, limits)), true)
    assert.equal(await transact(ctx, (tx) => claimHost(tx, 1, { ...one, cpu: 0, memory: 101 }, limits)), false)
    assert.equal(
      await transact(ctx, (tx) => claimHost(tx, 2, one, limits)),
      false,
      'a host without a record has no room',
    )
  })

  test('a rolled back claim leaves nothing', async () => {
    const { db } = await open()
    await db
      .insertInto('host_capacity')
      .values({ host_id: 11, cpu_total: 2000, memory_total: 150, cores_total: 2 })
      .execute()
    await assert.rejects(
      transact({ db, runtime }, async (tx) => {
        await claimHost(tx, 11, one, limits)
        throw new Error('later step')
      }),
      /later step/,
    )
    assert.equal(
      (await db.selectFrom('host_capacity').select('vms').where('host_id', '=', 11).executeTakeFirstOrThrow()).vms,
      0,
    )
  })

  test('a pool is never allocated beyond its limit', async () => {
    const { db } = await open()
    await db
      .insertInto('storage_pool')
      .values({
        uuid: runtime.uuid(),
        name: 'p',
        pool_type: 'SharedMountPoint',
        data_center_id: 1,
        capacity_bytes: 100,
        host_address: 'localhost',
        path: '/p',
        status: 'Up',
        scope: 'CLUSTER',
        created: 1,
      })
      .execute()
    const claim = (bytes: number) => transact({ db, runtime }, (tx) => claimPool(tx, 1, bytes, 170))
    assert.deepEqual([await claim(100), await claim(70), await claim(1)], [true, true, false])
  })
})

test('only hosts whose record differs are corrected', () => {
  const right = { hostId: 1, cpuUsed: 5, memoryUsed: 5, coresUsed: 1, vms: 1, cpuReserved: 0, memoryReserved: 0 }
  const empty = { hostId: 2, cpuUsed: 1, memoryUsed: 0, coresUsed: 0, vms: 0, cpuReserved: 0, memoryReserved: 0 }
  const wrong = wrongClaims([right, empty], new Map([[1, right]]))
  assert.deepEqual(
    wrong.map((entry) => [entry.recorded.hostId, entry.right.cpuUsed]),
    [[2, 0]],
  )
})
