import { type Kysely, sql } from 'kysely'
import type { Table } from './columns.ts'
import { indexName } from './ddl.ts'
import { tables } from './tables.ts'

type Statistic = { readonly tbl: string; readonly idx: string; readonly stat: string }

const rowsOfTable = 100_000
/** How many values a column has that has few of them. Nearly every row that is looked at is not removed. */
const fewValues: Readonly<Record<string, number>> = {
  removed: 1,
  type: 2,
  volume_type: 2,
  state: 4,
  status: 4,
  job_status: 4,
  data_center_id: 4,
  zone_id: 4,
  dc_id: 4,
  pod_id: 20,
  role_id: 20,
}
/** Any other column: this many rows share a value. */
const rowsOfValue = 10

/** SQLite's `rows, rows of a value of the first column, of the first two, …` of an index on these columns. */
function statistic(columns: readonly string[]): string {
  const rows = [rowsOfTable]
  for (const column of columns) {
    const values = fewValues[column] ?? rowsOfTable / rowsOfValue
    rows.push(Math.max(1, Math.ceil((rows.at(-1) ?? 1) / values)))
  }
  return rows.join(' ')
}

function statistics(all: Readonly<Record<string, Table>>): readonly Statistic[] {
  return Object.entries(all).flatMap(([tbl, table]) =>
    (table.index ?? []).map((columns, position) => ({
      tbl,
      idx: indexName(tbl, position),
      stat: statistic(columns),
    })),
  )
}

/**
 * What SQLite's planner believes about our indexes: a large site's shape, the same everywhere, so that a query has the
 * plan that was tested and not one by chance of what ANALYZE saw. Without, it takes `removed is null` for ten rows and
 * reads whole tables for it. Answers whether it wrote; connections that are open then do not know of it.
 */
export async function writeStatistics(db: Kysely<unknown>): Promise<boolean> {
  const root = db as Kysely<{ sqlite_stat1: Statistic; sqlite_schema: { name: string } }>
  const wanted = statistics(tables)
  const there = await root.selectFrom('sqlite_schema').select('name').where('name', '=', 'sqlite_stat1').execute()
  if (there.length > 0) {
    const stored = await root.selectFrom('sqlite_stat1').select(['tbl', 'idx', 'stat']).execute()
    if (asText(stored) === asText(wanted)) return false
  }
  await root.transaction().execute(async (tx) => {
    // Makes the table, which no other statement may.
    await sql`analyze sqlite_schema`.execute(tx)
    await tx.deleteFrom('sqlite_stat1').execute()
    await tx.insertInto('sqlite_stat1').values(wanted).execute()
  })
  return true
}

function asText(all: readonly Statistic[]): string {
  return all
    .map(({ idx, stat }) => `${idx} ${stat}`)
    .toSorted()
    .join('\n')
}
