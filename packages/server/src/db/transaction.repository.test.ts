import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bug } from '@altostack/core'
import { sql } from 'kysely'
import { onEachDatabase } from '../testing/on-each-database.ts'
import { isDiskFull, isUniqueViolation, LostRace } from './errors.ts'
import { afterCommit, rehearse, transact } from './transaction.ts'

onEachDatabase('a transaction', ({ open, kind }) => {
  const row = (name: string, value = 'x'): { name: string; value: string; category: string } => ({
    name,
    value,
    category: 'c',
  })

  test('refuses the root handle inside, and only inside', async () => {
    const { db, runtime } = await open()
    const ctx = { db, runtime }
    let late: Promise<unknown> | undefined
    const over = Promise.withResolvers<void>()
    await assert.rejects(
      transact(ctx, async () => await db.selectFrom('configuration').selectAll().execute()),
      (error) => error instanceof Bug && /root database handle/.test(error.message),
    )
    await assert.rejects(
      transact(ctx, () => transact(ctx, async () => 1)),
      Bug,
    )
    await transact(ctx, async (tx) => {
      await tx.insertInto('configuration').values(row('a')).execute()
      late = over.promise.then(() => db.selectFrom('configuration').selectAll().execute())
    })
    over.resolve()
    assert.equal(((await late) as unknown[]).length, 1)
  })

  if (kind === 'sqlite') {
    test('that meets a full disk says so, and leaves the writer usable', async () => {
      const { db, runtime } = await open()
      await sql`pragma max_page_count = 1`.execute(db)
      const big = (name: string) => ({ ...row(name), value: 'x'.repeat(4_000_000) })
      await assert.rejects(
        transact({ db, runtime }, (tx) => tx.insertInto('configuration').values(big('full')).execute()),
        isDiskFull,
      )
      await sql`pragma max_page_count = 100000`.execute(db)
      await transact({ db, runtime }, (tx) => tx.insertInto('configuration').values(big('room')).execute())
      const names = await db.selectFrom('configuration').select('name').execute()
      assert.deepEqual(
        names.map(({ name }) => name),
        ['room'],
      )
    })
  }

  test('runs after-commit work once, after the commit, never after a rollback', async () => {
    const { db, runtime } = await open()
    const ctx = { db, runtime }
    const told: string[] = []
    await transact(ctx, async (tx) => {
      afterCommit(() => told.push('committed'))
      await tx.insertInto('configuration').values(row('a')).execute()
      assert.deepEqual(told, [])
    })
    await assert.rejects(
      transact(ctx, async () => {
        afterCommit(() => told.push('never'))
        throw new Error('no')
      }),
    )
    assert.deepEqual(told, ['committed'])
    afterCommit(() => told.push('at once'))
    assert.deepEqual(told, ['committed', 'at once'])
  })

  test('starts again after a lost race, and gives up when it is always lost', async () => {
    const { db, runtime } = await open()
    let attempts = 0
    const result = await transact({ db, runtime }, async (tx) => {
      attempts++
      await tx.insertInto('configuration').values(row('a')).execute()
      if (attempts < 3) throw new LostRace('somebody was faster')
      return attempts
    })
    assert.equal(result, 3)
    assert.equal((await db.selectFrom('configuration').selectAll().execute()).length, 1)
    await assert.rejects(
      transact({ db, runtime }, async () => {
        throw new LostRace('always')
      }),
      LostRace,
    )
  })

  test('names unique violations', async () => {
    const { db } = await open()
    await db.insertInto('configuration').values(row('a')).execute()
    await assert.rejects(db.insertInto('configuration').values(row('a')).execute(), isUniqueViolation)
  })

  test('rehearses without leaving anything', async () => {
    const { db, runtime } = await open()
    const seen = await rehearse({ db, runtime }, async (tx) => {
      await tx.insertInto('configuration').values(row('a')).execute()
      return (await tx.selectFrom('configuration').selectAll().execute()).length
    })
    assert.equal(seen, 1)
    assert.equal((await db.selectFrom('configuration').selectAll().execute()).length, 0)
  })

  test('loses no increment among many at once, and readers do not see into one', async () => {
    const { db, runtime } = await open()
    await db.insertInto('configuration').values({ name: 'n', value: '0', category: 'c', updated: 0 }).execute()
    const one = (): Promise<void> =>
      transact({ db, runtime }, async (tx) => {
        const { updated } = await tx
          .selectFrom('configuration')
          .select('updated')
          .where('name', '=', 'n')
          .executeTakeFirstOrThrow()
        const { numUpdatedRows } = await tx
          .updateTable('configuration')
          .set({ updated: (updated ?? 0) + 1 })
          .where('name', '=', 'n')
          .where('updated', '=', updated)
          .executeTakeFirst()
        if (numUpdatedRows !== 1n) throw new LostRace('n')
      })
    const all = Array.from({ length: 5 }, one)
    await Promise.all(all)
    const { updated } = await db
      .selectFrom('configuration')
      .select('updated')
      .where('name', '=', 'n')
      .executeTakeFirstOrThrow()
    assert.equal(updated, 5)
    const inside = transact({ db, runtime }, async (tx) => {
      await tx.insertInto('configuration').values(row('hidden')).execute()
      await new Promise((resolve) => setTimeout(resolve, 50))
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    const during = (await db.selectFrom('configuration').selectAll().execute()).length
    await inside
    assert.equal(during, 1)
  })

  test('two that lock each other out both succeed', async () => {
    const { db, runtime } = await open()
    for (const name of ['a', 'b'])
      await db
        .insertInto('configuration')
        .values({ ...row(name), updated: 0 })
        .execute()
    let bodies = 0
    const visit = (names: readonly string[]): Promise<void> =>
      transact({ db, runtime }, async (tx) => {
        bodies++
        for (const name of names) {
          await tx
            .updateTable('configuration')
            .set((e) => ({ updated: e('updated', '+', 1) }))
            .where('name', '=', name)
            .execute()
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      })
    await Promise.all([visit(['a', 'b']), visit(['b', 'a'])])
    const rows = await db.selectFrom('configuration').select('updated').where('name', 'in', ['a', 'b']).execute()
    assert.deepEqual(
      rows.map((one) => one.updated),
      [2, 2],
    )
    // On MariaDB one of them was the victim of a deadlock.
    assert.equal(bodies, kind === 'mariadb' ? 3 : 2)
  })
})
