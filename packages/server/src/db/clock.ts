import { type Expression, MysqlAdapter, sql } from 'kysely'
import type { Queries } from './database.ts'

/** Whether the database speaks MySQL's dialect. */
export function isMysql(db: Queries): boolean {
  return db.getExecutor().adapter instanceof MysqlAdapter
}

/** The database's own clock in milliseconds, as SQL: what leases are judged by. */
export function databaseNow(db: Queries): Expression<number> {
  return isMysql(db)
    ? sql<number>`cast(unix_timestamp(now(3)) * 1000 as signed)`
    : sql<number>`cast(unixepoch('subsec') * 1000 as integer)`
}
