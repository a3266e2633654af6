import type { StatementSync } from 'node:sqlite'

type RowMaker = (values: readonly unknown[]) => Record<string, unknown>

/** By the names of the columns: statements that differ in the length of a list only share one. */
const makers = new Map<string, RowMaker>()

/**
 * Makes rows of a statement's columns. Objects that node:sqlite makes itself are hash tables to V8: dear to make, and
 * dearer to read, which a page of hundreds of rows with dozens of columns feels. What an object literal makes has a fixed
 * layout; so the literal is compiled for the columns, as MySQL's client does it. Their names are those of our statements.
 */
export function rowMaker(statement: StatementSync): RowMaker {
  const names = JSON.stringify(statement.columns().map(({ name }) => name))
  const known = makers.get(names)
  if (known) return known
  const fields = (JSON.parse(names) as string[]).map((name, at) => `${JSON.stringify(name)}: values[${at}]`)
  const made = new Function('values', `return { ${fields.join(', ')} }`) as RowMaker
  makers.set(names, made)
  return made
}
