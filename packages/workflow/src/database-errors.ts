import { type Expression, type Kysely, MysqlAdapter, sql } from 'kysely'

type Coded = {
  readonly code?: unknown
  readonly errno?: unknown
  readonly errcode?: unknown
  readonly fatal?: unknown
}

/**
 * MySQL's deadlock, lock wait and Galera certification or snapshot conflicts; SQLite's BUSY and LOCKED; and any error
 * named `LostRace`, which is what a compare-and-set of the engine's owner throws. The same transaction may run again.
 */
export function isLostRace(error: unknown): boolean {
  if (error instanceof Error && error.name === 'LostRace') return true
  const { errno, errcode } = coded(error)
  if (errno === 1213 || errno === 1205 || errno === 1020) return true
  return typeof errcode === 'number' && ((errcode & 0xff) === 5 || (errcode & 0xff) === 6)
}

/** The database, or the way to it, is away for now: nothing is known about the statement's fate. */
export function isDatabaseAway(error: unknown): boolean {
  const { code, errno, fatal } = coded(error)
  if (typeof code !== 'string') return false
  if (code.startsWith('PROTOCOL_')) return true
  // mysql2 marks what ended the connection; a plain network error of a step's own client is not marked.
  if (fatal === true) return true
  return errno === 1047 || errno === 1053 || errno === 1927 || errno === 1158 || errno === 1040
}

/** A second row for a unique key: MySQL's 1062, SQLite's constraint codes for primary key and unique index. */
export function isDuplicate(error: unknown): boolean {
  const { errno, errcode } = coded(error)
  return errno === 1062 || errcode === 1555 || errcode === 2067
}

/** Whether the database speaks MySQL's dialect. */
export function isMysql(db: Pick<Kysely<unknown>, 'getExecutor'>): boolean {
  return db.getExecutor().adapter instanceof MysqlAdapter
}

/** The database's own clock in ms, as SQL. */
export function databaseClock(db: Pick<Kysely<unknown>, 'getExecutor'>): () => Expression<number> {
  return isMysql(db)
    ? () => sql<number>`cast(unix_timestamp(now(3)) * 1000 as signed)`
    : () => sql<number>`cast(unixepoch('subsec') * 1000 as integer)`
}

function coded(error: unknown): Coded {
  return typeof error === 'object' && error !== null ? (error as Coded) : {}
}
