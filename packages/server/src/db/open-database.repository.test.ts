import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, test } from 'node:test'
import { AltoError, systemRuntime } from '@altostack/core'
import { sql } from 'kysely'
import { onEachDatabase } from '../testing/on-each-database.ts'
import { createTestDatabase } from '../testing/test-databases.ts'
import { openDatabase } from './open-database.ts'
import { tables } from './tables.ts'

const runtime = systemRuntime()

onEachDatabase('the schema', ({ kind, open }) => {
  test('has every table and column, and opening again changes nothing', async () => {
    const first = await open()
    const made = await first.db.introspection.getTables()
    const columns = new Map(made.map((table) => [table.name, new Set(table.columns.map((column) => column.name))]))
    for (const [name, table] of Object.entries(tables)) {
      for (const column of Object.keys(table.columns)) assert.ok(columns.get(name)?.has(column), `${name}.${column}`)
    }
    for (const name of ['workflow_run', 'workflow_step', 'workflow_lock', 'server_incarnation'])
      assert.ok(columns.has(name))
    const before = await sql<{ n: number }>`select count(*) as n from alto_migration`.execute(first.db)
    await first.close()
    const second = await openDatabase(first.url, { runtime })
    const after = await sql<{ n: number }>`select count(*) as n from alto_migration`.execute(second.db)
    assert.deepEqual(Number(after.rows[0]?.n), Number(before.rows[0]?.n))
    await second.close()
  })

  test('counts matched rows, keeps case apart, and numbers are numbers', async () => {
    const { db } = await open()
    await db
      .insertInto('configuration')
      .values({ name: 'a', value: 'x', category: 'c', updated: 2 ** 52 })
      .execute()
    await db.insertInto('configuration').values({ name: 'A', value: null, category: 'c' }).execute()
    const same = await db.updateTable('configuration').set({ value: 'x' }).where('name', '=', 'a').executeTakeFirst()
    assert.equal(same.numUpdatedRows, 1n)
    const row = await db.selectFrom('configuration').selectAll().where('name', '=', 'a').executeTakeFirstOrThrow()
    assert.equal(row.updated, 2 ** 52)
    assert.equal(row.encrypted, 0)
    const { n } = await db
      .selectFrom('configuration')
      .select((e) => e.fn.countAll().as('n'))
      .executeTakeFirstOrThrow()
    assert.equal(Number(n), 2)
  })

  test("refuses CloudStack's own schema and changes nothing in it", async () => {
    const { url, drop } = await createTestDatabase(kind)
    after(drop)
    const foreign = await openDatabase(url, { runtime })
    for (const table of await foreign.db.introspection.getTables()) {
      await foreign.db.schema.dropTable(table.name).execute()
    }
    await sql`create table version (id integer, version varchar(40))`.execute(foreign.db)
    await sql`create table vm_instance (id integer, name varchar(255))`.execute(foreign.db)
    await sql`insert into version values (1, '4.20.0.0')`.execute(foreign.db)
    await foreign.close()
    await assert.rejects(
      openDatabase(url, { runtime }),
      (error) => error instanceof AltoError && /CloudStack's own schema; nothing in it was changed/.test(error.message),
    )
  })
})

test('a database of an older development version is refused by the columns it lacks', async () => {
  const { url, drop } = await createTestDatabase('sqlite')
  const old = await openDatabase(url, { runtime })
  await sql`alter table event drop column parameters`.execute(old.db)
  await old.close()
  await assert.rejects(
    openDatabase(url, { runtime }),
    (error) => error instanceof AltoError && error.seen === 'missing event.parameters',
  )
  await drop()
})

test('a second server on the same file is refused and told who holds it', async () => {
  const { url, drop } = await createTestDatabase('sqlite')
  const first = await openDatabase(url, { runtime })
  const script = `
    import { systemRuntime } from '@altostack/core'
    import { openDatabase } from ${JSON.stringify(new URL('./open-database.ts', import.meta.url).href)}
    openDatabase(process.argv[1], { runtime: systemRuntime() }).then(
      () => console.log('opened'),
      (error) => console.log(error.message + ' / ' + error.seen),
    )`
  const run = (): string =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script, url], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    }).stdout
  assert.match(run(), new RegExp(`Another management server uses .* / held by process ${process.pid}`))
  await assert.rejects(openDatabase(url, { runtime }), /Another management server/)
  await first.close()
  assert.match(run(), /opened/)
  await drop()
})

test('on SQLite a list of ids is not read by way of all rows that are not removed', async () => {
  const { url, drop } = await createTestDatabase('sqlite')
  const { db, close } = await openDatabase(url, { runtime })
  try {
    const plan = async (query: string): Promise<string> =>
      (await sql.raw<{ detail: string }>(`explain query plan ${query}`).execute(db)).rows
        .map((row) => row.detail)
        .join('; ')
    const disks = 'select id from volumes where instance_id in (1, 2, 3) and removed is null'
    assert.match(await plan(`${disks} and volume_type = 'ROOT'`), /\(instance_id=\?\)/)
    // Pages in the order of ids come out of an index as they are.
    assert.doesNotMatch(await plan('select id from volumes where removed is null order by id limit 9'), /TEMP B-TREE/)
    assert.doesNotMatch(
      await plan("select id from vm_instance where removed is null and type = 'User' order by id limit 9"),
      /TEMP B-TREE/,
    )
  } finally {
    await close()
    await drop()
  }
})
