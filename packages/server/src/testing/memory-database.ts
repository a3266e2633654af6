import type { Runtime } from '@altostack/core'
import { Kysely } from 'kysely'
import type { Database, Db } from '../db/database.ts'
import { migrate } from '../db/migrations.ts'
import { NodeSqliteDialect } from '../db/sqlite-dialect.ts'
import { writeStatistics } from '../db/sqlite-statistics.ts'
import { refuseRootHandle } from '../db/transaction.ts'

let image: Uint8Array | undefined

/**
 * An SQLite database in memory with today's schema and no row, for tests that need many: migrated once a process, and
 * copied from then on, which takes a tenth of the time.
 */
export async function openMemoryDatabase(
  runtime: Runtime,
): Promise<{ readonly db: Db; readonly close: () => Promise<void> }> {
  image ??= await migrated(runtime)
  const db = new Kysely<Database>({
    dialect: new NodeSqliteDialect({ path: ':memory:', guard: refuseRootHandle, image }),
  })
  return { db, close: () => db.destroy() }
}

async function migrated(runtime: Runtime): Promise<Uint8Array> {
  const dialect = new NodeSqliteDialect({ path: ':memory:', guard: refuseRootHandle })
  const db = new Kysely<unknown>({ dialect })
  await migrate(db, 'sqlite', runtime.now)
  await writeStatistics(db)
  const content = dialect.serialize()
  await db.destroy()
  return content
}
