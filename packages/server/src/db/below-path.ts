import { type Expression, type SqlBool, sql } from 'kysely'

/**
 * Whether a column's domain path is `path` or below it. Not LIKE: that folds case on SQLite and takes % and _ in a
 * domain's name for wildcards, so one domain's administrator would reach the domain of another.
 */
export function belowPath(column: string, path: string): Expression<SqlBool> {
  return sql<SqlBool>`substr(${sql.ref(column)}, 1, ${[...path].length}) = ${path}`
}
