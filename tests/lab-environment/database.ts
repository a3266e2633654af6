import { DatabaseSync } from 'node:sqlite'

export type DatabaseRow = Readonly<Record<string, string | number | null>>

/**
 * Reads the server's SQLite file itself, past the server: what tests judge by is not what the product says of itself.
 * One connection a question, so that it never holds a snapshot.
 */
export function readDatabase(file: string, sql: string, ...values: (string | number)[]): DatabaseRow[] {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  try {
    // Plain objects: node:sqlite's own have no prototype, and deepEqual minds.
    return database
      .prepare(sql)
      .all(...values)
      .map((row) => ({ ...row }) as DatabaseRow)
  } finally {
    database.close()
  }
}
