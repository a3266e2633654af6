import { apiFailure } from '@altostack/core'
import { createWorkflowTables, type DdlStep } from '@altostack/workflow'
import { CompiledQuery, type Kysely, sql } from 'kysely'
import { createSchema, type DdlStatement, type DialectName } from './ddl.ts'
import { isUniqueViolation } from './errors.ts'
import { tables } from './tables.ts'

/**
 * A numbered migration: DDL of one statement a step, each of which can be repeated, because MySQL commits each DDL
 * statement by itself and a server may die between two. Never edited after a release: the first release replaces the
 * call of `createSchema` in 0001 by the statements that it gives on that day; a later change of tables.ts adds 0002.
 */
export type Migration = {
  readonly name: string
  /** Every statement is `… if not exists`: the steps are recorded together at the end instead of each by a commit. */
  readonly repeatable?: boolean
  readonly statements: (dialect: DialectName, db: Kysely<unknown>) => readonly (DdlStatement | DdlStep)[]
}

export const migrations: readonly Migration[] = [
  {
    name: '0001-initial',
    repeatable: true,
    statements: (dialect, db) => [...createWorkflowTables(db.schema), ...createSchema(dialect, tables)],
  },
]

type MigrationTable = { alto_migration: { name: string; applied: number } }

/** Brings the schema to today's. Several servers may do so at the same time: each step can be repeated. */
export async function migrate(
  root: Kysely<unknown>,
  dialect: DialectName,
  now: () => number,
): Promise<readonly string[]> {
  // SQLite's DDL is transactional: one commit instead of a hundred.
  if (dialect === 'sqlite') return await root.transaction().execute((tx) => applyAll(tx, dialect, now))
  return await applyAll(root, dialect, now)
}

async function applyAll(root: Kysely<unknown>, dialect: DialectName, now: () => number): Promise<readonly string[]> {
  const db = root as Kysely<MigrationTable>
  const tail = dialect === 'mysql' ? ' engine=InnoDB default charset=utf8mb4 collate=utf8mb4_bin' : ''
  await sql
    .raw(
      `create table if not exists alto_migration (name varchar(128) not null primary key, applied bigint not null)${tail}`,
    )
    .execute(db)
  const applied = new Set((await db.selectFrom('alto_migration').select('name').execute()).map((row) => row.name))
  const done: string[] = []
  for (const migration of migrations) {
    const steps = migration.statements(dialect, root).filter((step) => !applied.has(stepName(migration, step)))
    for (const step of steps) {
      if ('sql' in step) await db.executeQuery(CompiledQuery.raw(step.sql))
      else await step.statement.execute()
      if (!migration.repeatable) await record(db, [stepName(migration, step)], now())
    }
    const names = steps.map((step) => stepName(migration, step))
    if (migration.repeatable) await record(db, names, now())
    done.push(...names)
  }
  return done
}

function stepName(migration: Migration, step: { readonly name: string }): string {
  return `${migration.name}/${step.name}`
}

async function record(db: Kysely<MigrationTable>, names: readonly string[], applied: number): Promise<void> {
  if (names.length === 0) return
  try {
    await db
      .insertInto('alto_migration')
      .values(names.map((name) => ({ name, applied })))
      .execute()
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    // Another server took some of the steps at the same time: those that are left, one by one.
    if (names.length > 1) for (const name of names) await record(db, [name], applied)
  }
}

/** Throws when the schema lacks a column: the database was made by a version before its first release. */
export async function refuseOldSchema(db: Kysely<unknown>): Promise<void> {
  const found = new Map((await db.introspection.getTables()).map((table) => [table.name, table.columns]))
  const missing = Object.entries(tables).flatMap(([name, table]) => {
    const columns = new Set(found.get(name)?.map((column) => column.name))
    return Object.keys(table.columns).flatMap((column) => (columns.has(column) ? [] : [`${name}.${column}`]))
  })
  if (missing.length === 0) return
  throw apiFailure('api.bad-request', 'The database was made by an older development version', {
    seen: `missing ${missing.slice(0, 5).join(', ')}`,
    fix: 'Start with an empty database; released versions migrate by themselves.',
  })
}
