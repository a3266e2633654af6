import type { Column, Table } from './columns.ts'

export type DialectName = 'sqlite' | 'mysql'

/** One DDL statement under the name that the migrations table records. Each can be repeated. */
export type DdlStatement = { readonly name: string; readonly sql: string }

type Words = {
  readonly quote: (name: string) => string
  readonly type: (column: Column) => string
  /** Indexes inside CREATE TABLE where there is no CREATE INDEX IF NOT EXISTS. */
  readonly indexesInside: boolean
  readonly tail: string
}

const words: Readonly<Record<DialectName, Words>> = {
  sqlite: {
    quote: (name) => `"${name}"`,
    type: (column) =>
      ({
        // AUTOINCREMENT: an id is never given twice, not even after its row was deleted.
        pk: 'integer primary key autoincrement',
        int: 'integer',
        bool: 'integer',
        real: 'real',
        text: 'text',
        longtext: 'text',
        blob: 'blob',
      })[column.kind],
    indexesInside: false,
    tail: '',
  },
  mysql: {
    quote: (name) => `\`${name}\``,
    type: (column) =>
      ({
        pk: 'bigint not null auto_increment primary key',
        int: 'bigint',
        bool: 'tinyint',
        real: 'double',
        // Long texts outside the row: all varchars of a row share 65,535 bytes.
        text: (column.length ?? 255) > 1024 ? 'text' : `varchar(${column.length ?? 255})`,
        longtext: 'mediumtext',
        blob: 'mediumblob',
      })[column.kind],
    indexesInside: true,
    // Binary collation: comparisons mean the same in both dialects.
    tail: ' engine=InnoDB default charset=utf8mb4 collate=utf8mb4_bin',
  },
}

/** The name of a table's index; `position` counts from 0. */
export function indexName(table: string, position: number): string {
  return `i_${table}__${position + 1}`
}

/** The statements that make a table and its indexes. */
export function createTable(dialect: DialectName, name: string, table: Table): readonly DdlStatement[] {
  const { quote, indexesInside, tail } = words[dialect]
  const lines = Object.entries(table.columns).map(([column, definition]) => columnLine(dialect, column, definition))
  for (const columns of uniques(table)) {
    lines.push(`constraint ${quote(`uc_${name}__${columns.join('__')}`.slice(0, 60))} unique (${list(columns, quote)})`)
  }
  const indexes = (table.index ?? []).map((columns, position) => ({ columns, label: indexName(name, position) }))
  if (indexesInside) {
    for (const { columns, label } of indexes) lines.push(`key ${quote(label)} (${list(columns, quote)})`)
  }
  const statements = [{ name, sql: `create table if not exists ${quote(name)} (\n  ${lines.join(',\n  ')}\n)${tail}` }]
  if (!indexesInside) {
    for (const { columns, label } of indexes) {
      statements.push({
        name: label,
        sql: `create index if not exists ${quote(label)} on ${quote(name)} (${list(columns, quote)})`,
      })
    }
  }
  return statements
}

function columnLine(dialect: DialectName, name: string, column: Column): string {
  const { quote, type } = words[dialect]
  if (column.kind === 'pk') return `${quote(name)} ${type(column)}`
  const preset =
    column.default === undefined
      ? ''
      : ` default ${typeof column.default === 'string' ? `'${column.default}'` : column.default}`
  return `${quote(name)} ${type(column)}${column.nullable ? ' null' : ' not null'}${preset}`
}

function uniques(table: Table): readonly (readonly string[])[] {
  const single = Object.entries(table.columns).filter(([, column]) => column.unique)
  return [...single.map(([column]) => [column]), ...(table.unique ?? [])]
}

function list(columns: readonly string[], quote: (name: string) => string): string {
  return columns.map(quote).join(', ')
}

/** The whole schema as it is today: for `contract/` and for the first migration until it is frozen. */
export function createSchema(dialect: DialectName, tables: Readonly<Record<string, Table>>): readonly DdlStatement[] {
  return Object.entries(tables).flatMap(([name, table]) => createTable(dialect, name, table))
}
