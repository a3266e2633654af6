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
  readonly statements: (dialect: DialectName, db: Kysely<unknown>) => readonly (DdlStatement | DdlStep)[]
}

export const migrations: readonly Migration[] = [
  {
    name: '0001-initial',
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
    for (const step of migration.statements(dialect, root)) {
      const name = `${migration.name}/${step.name}`
      if (applied.has(name)) continue
      if ('sql' in step) await db.executeQuery(CompiledQuery.raw(step.sql))
      else await step.statement.execute()
      await recordStep(db, name, now())
      done.push(name)
    }
  }
  return done
}

async function recordStep(db: Kysely<MigrationTable>, name: string, applied: number): Promise<void> {
  try {
    await db.insertInto('alto_migration').values({ name, applied }).execute()
  } catch (error) {
    // Another server took the same step at the same time.
    if (!isUniqueViolation(error)) throw error
  }
}
