/** Thrown when a compare-and-set found that another writer was faster; the transaction starts again. */
export class LostRace extends Error {
  override readonly name = 'LostRace'
}

type Coded = { readonly errno?: unknown; readonly errcode?: unknown }

/** A second row for a unique key: MySQL's 1062, SQLite's constraint codes for primary key and unique index. */
export function isUniqueViolation(error: unknown): boolean {
  const { errno, errcode } = coded(error)
  return errno === 1062 || errcode === 1555 || errcode === 2067
}

/**
 * Another transaction was in the way and this one was rolled back: MySQL's deadlock, lock wait and Galera certification
 * or snapshot conflicts; SQLite's BUSY and LOCKED. The same transaction may run again.
 */
export function isConflict(error: unknown): boolean {
  const { errno, errcode } = coded(error)
  if (errno === 1213 || errno === 1205 || errno === 1020) return true
  return typeof errcode === 'number' && ((errcode & 0xff) === 5 || (errcode & 0xff) === 6)
}

/** No space left where the database is: SQLite's FULL; MySQL's 1114 and 1021. */
export function isDiskFull(error: unknown): boolean {
  const { errno, errcode } = coded(error)
  return errno === 1114 || errno === 1021 || (typeof errcode === 'number' && (errcode & 0xff) === 13)
}

function coded(error: unknown): Coded {
  return typeof error === 'object' && error !== null ? (error as Coded) : {}
}
