import type { StatementSync } from 'node:sqlite'

type Values = readonly unknown[]

/**
 * Makes rows of a statement's columns. Objects that node:sqlite makes itself are hash tables to V8: dear to make, and
 * dearer to read, which a page of hundreds of rows with dozens of columns feels. A copy of a pattern has a fixed layout.
 */
export function rowMaker(statement: StatementSync): (values: Values) => Record<string, unknown> {
  const names = statement.columns().map(({ name }) => name)
  // Only what JSON.parse or a literal makes has the fixed layout, whatever the number of columns.
  const pattern = JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, null])))) as object
  return (values) => {
    const row: Record<string, unknown> = { ...pattern }
    for (let at = 0; at < names.length; at++) row[names[at] as string] = values[at]
    return row
  }
}
