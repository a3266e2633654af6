import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { mariadbMissing, openTestMysql, startMariadb } from './mariadb.ts'

test('starts a MariaDB of its own, not as root, and leaves nothing', { skip: mariadbMissing() ?? false }, async () => {
  const server = await startMariadb()
  try {
    const db = await openTestMysql<object>(server.url)
    const { rows } = await sql<{ v: string; d: string; u: string }>`select version() v, database() d, user() u`.execute(
      db,
    )
    assert.match(rows[0]?.v ?? '', /MariaDB/)
    assert.match(rows[0]?.d ?? '', /^test_/)
    await db.destroy()
  } finally {
    await server.stop()
  }
})
