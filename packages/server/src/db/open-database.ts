import { resolve } from 'node:path'
import { scheduler } from 'node:timers/promises'
import { apiFailure, type Runtime } from '@altostack/core'
import { Kysely } from 'kysely'
import type { Database, Db } from './database.ts'
import type { DialectName } from './ddl.ts'
import { lockDatabaseFile } from './file-lock.ts'
import { refuseForeignSchema } from './foreign-schema.ts'
import { migrate, refuseOldSchema } from './migrations.ts'
import { GuardedMysqlDialect, readMysqlUrl } from './mysql-dialect.ts'
import { NodeSqliteDialect } from './sqlite-dialect.ts'
import { writeStatistics } from './sqlite-statistics.ts'
import { refuseRootHandle } from './transaction.ts'

export type OpenDatabase = {
  readonly db: Db
  readonly dialect: DialectName
  /** True where the file lock proves that no other server works on this database. */
  readonly alone: boolean
  readonly close: () => Promise<void>
}

/**
 * Opens `mysql://user:password@host:port/cloud`, a path of an SQLite file, or `:memory:`; migrates it to today's schema.
 * Throws AltoError when another server holds the file or when the database holds somebody else's schema.
 */
export async function openDatabase(url: string, options: { readonly runtime: Runtime }): Promise<OpenDatabase> {
  const mysql = readMysqlUrl(url)
  const path = sqlitePath(url)
  const unlock = mysql || path === ':memory:' ? () => undefined : lockDatabaseFile(path)
  const open = (): Db =>
    new Kysely<Database>({
      dialect: mysql
        ? new GuardedMysqlDialect({ ...mysql, guard: refuseRootHandle })
        : new NodeSqliteDialect({ path, guard: refuseRootHandle, later: () => scheduler.yield() }),
    })
  let db = open()
  let closed = false
  const close = async (): Promise<void> => {
    if (closed) return
    closed = true
    await db.destroy()
    unlock()
  }
  try {
    await refuseForeignSchema(db as Kysely<unknown>)
    const applied = await migrate(db as Kysely<unknown>, mysql ? 'mysql' : 'sqlite', options.runtime.now)
    if (applied.length === 0) await refuseOldSchema(db as Kysely<unknown>)
    if (mysql === undefined && (await writeStatistics(db as Kysely<unknown>)) && path !== ':memory:') {
      await db.destroy()
      db = open()
    }
  } catch (error) {
    await close().catch(() => undefined)
    throw mysql ? namedConnectError(error, mysql.host, mysql.port) : error
  }
  return { db, dialect: mysql ? 'mysql' : 'sqlite', alone: mysql === undefined, close }
}

function sqlitePath(url: string): string {
  return url.replace(/^sqlite:(\/\/)?/, '')
}

/** The file of a database's URL, absolute; undefined where it is none. */
export function sqliteFileOf(url: string): string | undefined {
  const path = sqlitePath(url)
  return readMysqlUrl(url) !== undefined || path === ':memory:' ? undefined : resolve(path)
}

function namedConnectError(error: unknown, host: string, port: number): unknown {
  const { code } = error as { readonly code?: unknown }
  if (
    typeof code !== 'string' ||
    !['ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND', 'ER_ACCESS_DENIED_ERROR', 'ER_BAD_DB_ERROR'].includes(code)
  )
    return error
  return apiFailure('api.unavailable', `The database at ${host}:${port} cannot be used: ${code}`, {
    seen: (error as Error).message,
    fix: 'Check address, user and password of --database, and that the database exists.',
    cause: error,
  })
}
