import type { Column } from '../db/columns.ts'
import type { Tx } from '../db/database.ts'
import { tables } from '../db/tables.ts'

export type TableName = keyof typeof tables

/** Inserts a row whose columns hold just enough: zeros, an `x`, fresh uuids; `given` stands over them. */
export async function fabricateRow(
  tx: Tx,
  table: TableName,
  given: Readonly<Record<string, string | number | null>>,
  uuid: () => string,
): Promise<{ readonly id: number; readonly uuid: string }> {
  const row: Record<string, string | number | null> = {}
  for (const [name, column] of Object.entries(tables[table].columns as Readonly<Record<string, Column>>)) {
    if (column.kind === 'pk' || column.default !== undefined || column.nullable) continue
    row[name] = column.kind === 'text' || column.kind === 'longtext' ? (column.unique ? uuid() : 'x') : 1
  }
  Object.assign(row, given)
  // biome-ignore lint/suspicious/noExplicitAny: Kysely cannot type a table name that is a variable
  const { insertId } = await (tx as any).insertInto(table).values(row).executeTakeFirstOrThrow()
  return { id: Number(insertId), uuid: String(row.uuid ?? '') }
}
