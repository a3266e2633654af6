import assert from 'node:assert/strict'
import test from 'node:test'
import { systemRuntime } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { openMemoryDatabase } from '../testing/memory-database.ts'
import { createSharedCommit } from './shared-commit.ts'

test('bodies that come together share commits; one that fails takes no other with it', async () => {
  const runtime = systemRuntime()
  const { db, close } = await openMemoryDatabase(runtime)
  let commits = 0
  const counted = {
    transaction: () => ({
      execute: async (body: never) => {
        commits++
        return await db.transaction().execute(body)
      },
    }),
  }
  const shared = createSharedCommit({ db: counted, runtime } as unknown as ServerContext)
  const put = (name: string) =>
    shared(async (tx) => {
      await tx.insertInto('configuration').values({ name, value: name, category: 'Test' }).execute()
      return name
    })
  try {
    const names = Array.from({ length: 200 }, (_, at) => `n${at}`)
    assert.deepEqual(await Promise.all(names.map(put)), names)
    assert.ok(commits <= 5, `${commits} commits`)
    const outcomes = await Promise.allSettled([put('a'), put('n5'), put('b')])
    assert.deepEqual(
      outcomes.map((one) => one.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    const { total } = await db
      .selectFrom('configuration')
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
    assert.equal(Number(total), 202)
  } finally {
    await close()
  }
})
