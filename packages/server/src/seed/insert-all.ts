import type { Tx } from '../db/database.ts'

/** Inserts rows in pieces that every dialect takes as one statement. */
export async function insertAll(tx: Tx, table: string, rows: readonly object[]): Promise<void> {
  for (let start = 0; start < rows.length; start += 50) {
    // biome-ignore lint/suspicious/noExplicitAny: Kysely cannot type a table name that is a variable
    await (tx as any)
      .insertInto(table)
      .values(rows.slice(start, start + 50))
      .execute()
  }
}
