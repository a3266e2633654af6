import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { systemRuntime } from '@altostack/core'
import { Kysely, sql } from 'kysely'
import { createTestDatabase } from '../testing/test-databases.ts'
import type { Database } from './database.ts'
import { isDiskFull } from './errors.ts'
import { openDatabase } from './open-database.ts'
import { NodeSqliteDialect } from './sqlite-dialect.ts'
import { transact } from './transaction.ts'

const runtime = systemRuntime()

/** A migrated database whose commits wait until `go`; `seen` is what another process would find in the file. */
async function openWaiting() {
  const { url, drop } = await createTestDatabase('sqlite')
  await (await openDatabase(url, { runtime })).close()
  let go = Promise.withResolvers<void>()
  const db = new Kysely<Database>({ dialect: new NodeSqliteDialect({ path: url, later: () => go.promise }) })
  const file = new DatabaseSync(url, { readOnly: true })
  after(async () => {
    file.close()
    await db.destroy()
    await drop()
  })
  return {
    db,
    go: () => {
      go.resolve()
      go = Promise.withResolvers<void>()
    },
    seen: () =>
      file
        .prepare('select name from configuration order by name')
        .all()
        .map((row) => row.name),
  }
}

const row = (name: string, value = 'x') => ({ name, value, category: 'c' })
const pause = () => new Promise((resolve) => setTimeout(resolve, 20))

test('a statement known before its table changed answers the columns of today, on both connections', async () => {
  const { db, go } = await openWaiting()
  const wide = sql.raw(`create table wide (${Array.from({ length: 40 }, (_, at) => `c${at} int`).join(', ')})`)
  await Promise.all([wide.execute(db), go()])
  const any = db as unknown as Kysely<{ wide: Record<string, number | null> }>
  const read = () => any.selectFrom('wide').selectAll().execute()
  const [written] = await Promise.all([any.insertInto('wide').values({ c0: 1, c39: 2 }).execute(), pause().then(go)])
  assert.equal(written.length, 1)
  const [before] = await read()
  assert.deepEqual([Object.keys(before!).length, before!.c0, before!.c1, before!.c39], [40, 1, null, 2])
  await sql.raw('alter table wide add column more int default 7').execute(db)
  assert.equal((await read())[0]!.more, 7)
  await sql.raw('alter table wide rename column more to other').execute(db)
  const [renamed] = await read()
  assert.deepEqual([renamed!.other, renamed!.more], [7, undefined])
})

test('lists of any length are looked for, and inserted', async () => {
  const db = new Kysely<{ t: { id: number; name: string | null } }>({
    dialect: new NodeSqliteDialect({ path: ':memory:' }),
  })
  after(() => db.destroy())
  await sql.raw('create table t (id integer primary key, name text)').execute(db)
  const all = Array.from({ length: 40_000 }, (_, at) => ({ id: at + 1, name: `"n ${at}'\u00e9` }))
  for (let at = 0; at < all.length; at += 2000) {
    await db
      .insertInto('t')
      .values(all.slice(at, at + 2000))
      .execute()
  }
  const count = async (column: 'id' | 'name', how: 'in' | 'not in', values: readonly unknown[]) => {
    const found = db.selectFrom('t').select((eb) => eb.fn.countAll<number>().as('n'))
    return (await found.where(column, how, values as never).executeTakeFirstOrThrow()).n
  }
  const [ids, names] = [all.map((one) => one.id), all.map((one) => one.name)]
  assert.equal(await count('id', 'in', ids), 40_000)
  assert.equal(await count('id', 'in', ids.slice(0, 5)), 5)
  assert.equal(await count('id', 'not in', ids.slice(1)), 1)
  assert.equal(await count('name', 'in', [...names, 'other']), 40_000)
  assert.equal(await count('name', 'not in', names.slice(2000)), 2000)
  // A text of digits is no number, as with a parameter each.
  assert.equal(
    await count(
      'name',
      'in',
      Array.from({ length: 2000 }, (_, at) => String(at)),
    ),
    0,
  )
})

test('transactions that end together are committed together, and answered only then', async () => {
  const { db, go, seen } = await openWaiting()
  const answered: string[] = []
  const save = async (name: string): Promise<void> => {
    await transact({ db, runtime }, (tx) => tx.insertInto('configuration').values(row(name)).execute())
    answered.push(name)
  }
  const all = [save('a'), save('b'), db.insertInto('configuration').values(row('c')).execute()]
  await pause()
  assert.deepEqual([answered, seen()], [[], []])
  go()
  await Promise.all(all)
  assert.deepEqual(
    [answered, seen()],
    [
      ['a', 'b'],
      ['a', 'b', 'c'],
    ],
  )
})

test('one that is rolled back takes nobody with it, and one sees what ended before it', async () => {
  const { db, go, seen } = await openWaiting()
  const first = transact({ db, runtime }, (tx) => tx.insertInto('configuration').values(row('first')).execute())
  const failed = transact({ db, runtime }, async (tx) => {
    await tx.insertInto('configuration').values(row('failed')).execute()
    throw new Error('a later step')
  })
  const twice = db.insertInto('configuration').values(row('first')).execute()
  const last = transact({ db, runtime }, async (tx) => {
    const names = await tx.selectFrom('configuration').select('name').execute()
    await tx.insertInto('configuration').values(row('last')).execute()
    return names.map(({ name }) => name)
  })
  await assert.rejects(failed, /a later step/)
  await assert.rejects(twice, /UNIQUE/)
  await pause()
  assert.deepEqual(seen(), [])
  go()
  await first
  assert.deepEqual(await last, ['first'])
  assert.deepEqual(seen(), ['first', 'last'])
})

test('a full disk is the trouble of the one that met it', async () => {
  const { db, go, seen } = await openWaiting()
  await sql`pragma max_page_count = 1`.execute(db)
  const small = transact({ db, runtime }, (tx) =>
    tx.updateTable('configuration').set({ value: 'y' }).where('name', '=', 'none').execute(),
  )
  const big = transact({ db, runtime }, (tx) =>
    tx
      .insertInto('configuration')
      .values(row('big', 'x'.repeat(4_000_000)))
      .execute(),
  )
  await assert.rejects(big, isDiskFull)
  go()
  await pause()
  go()
  await small
  await sql`pragma max_page_count = 100000`.execute(db)
  const next = db.insertInto('configuration').values(row('next')).execute()
  await pause()
  go()
  await next
  assert.deepEqual(seen(), ['next'])
})

test('what was answered survives kill -9, whatever shared the commit', async () => {
  const { url, drop } = await createTestDatabase('sqlite')
  after(drop)
  const child = spawn(process.execPath, [join(import.meta.dirname, '../testing/write-until-killed.ts'), url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const answered: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    answered.push(line)
    if (answered.length === 300) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  const { db, close } = await openDatabase(url, { runtime })
  const saved = new Set(
    (await db.selectFrom('configuration').select('name').where('category', '=', 'c').execute()).map((one) => one.name),
  )
  await close()
  assert.ok(answered.length >= 300)
  assert.deepEqual(
    answered.filter((name) => !saved.has(name)),
    [],
  )
})
