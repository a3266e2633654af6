import { DatabaseSync } from 'node:sqlite'
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely'

/** A Kysely on node:sqlite for tests: in memory, or on a file with the server's durability (WAL, synchronous FULL). */
export function openTestSqlite<DB>(path = ':memory:'): Kysely<DB> {
  const sqlite = new DatabaseSync(path)
  if (path !== ':memory:')
    sqlite.exec('pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000')
  const database: SqliteDatabase = {
    close: () => sqlite.close(),
    prepare: (text) => {
      const statement = sqlite.prepare(text)
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as [])),
        run: (parameters) => statement.run(...(parameters as [])),
        iterate: (parameters) => statement.iterate(...(parameters as [])) as IterableIterator<never>,
      }
    },
  }
  return new Kysely<DB>({ dialect: new SqliteDialect({ database }) })
}
