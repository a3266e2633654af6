import { renameSync } from 'node:fs'
import { scheduler } from 'node:timers/promises'
import type { Runtime } from '@altostack/core'
import { Kysely, sql } from 'kysely'
import type { Logger } from 'pino'
import type { Database, Db } from '../db/database.ts'
import { createTable } from '../db/ddl.ts'
import { NodeSqliteDialect } from '../db/sqlite-dialect.ts'
import { statTables } from '../db/tables/stat-tables.ts'
import { refuseRootHandle } from '../db/transaction.ts'

export type StatFile = { readonly db: Db; readonly close: () => Promise<void> }

/**
 * Opens the file of statistics beside an SQLite database: its commits do not wait for the disk, its size is not in the
 * backups of the state, and losing it loses charts only. A file that cannot be read is put aside and begun anew.
 */
export async function openStatFile(path: string, runtime: Runtime, log: Logger): Promise<StatFile> {
  try {
    return await open(path)
  } catch (error) {
    const aside = `${path}.unreadable-${runtime.now()}`
    log.warn({ err: error, aside }, 'the file of statistics could not be read; a new one is begun')
    for (const tail of ['', '-wal', '-shm']) moveAway(`${path}${tail}`, `${aside}${tail}`)
    return await open(path)
  }
}

async function open(path: string): Promise<StatFile> {
  const db = new Kysely<Database>({
    dialect: new NodeSqliteDialect({
      path,
      guard: refuseRootHandle,
      later: () => scheduler.yield(),
      synchronous: 'normal',
    }),
  })
  try {
    for (const statement of createTable('sqlite', 'stat_block', statTables.stat_block)) {
      await sql.raw(statement.sql).execute(db)
    }
    await db.selectFrom('stat_block').select('slot').limit(1).execute()
  } catch (error) {
    await db.destroy().catch(() => undefined)
    throw error
  }
  return { db, close: () => db.destroy() }
}

function moveAway(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch {
    // There was none.
  }
}
