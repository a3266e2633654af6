import { type CompiledQuery, type DatabaseConnection, type Driver, Kysely, type QueryResult } from 'kysely'
import type { Database } from '../../packages/server/src/db/database.ts'
import { migrate } from '../../packages/server/src/db/migrations.ts'
import type { OpenDatabase } from '../../packages/server/src/db/open-database.ts'
import { NodeSqliteDialect } from '../../packages/server/src/db/sqlite-dialect.ts'
import { refuseRootHandle } from '../../packages/server/src/db/transaction.ts'

export type MortalDatabase = OpenDatabase & {
  /** Pulls the file away at this very instant: what is not committed is rolled back, whoever waits waits for ever. */
  readonly kill: () => void
}

/** The shipping SQLite dialect, with an end such as kill -9 makes. */
export async function openMortalDatabase(path: string, now: () => number): Promise<MortalDatabase> {
  const life = { dead: false }
  const dialect = new MortalDialect({ path, guard: refuseRootHandle }, life)
  const db = new Kysely<Database>({ dialect })
  await migrate(db as Kysely<unknown>, 'sqlite', now)
  return {
    db,
    dialect: 'sqlite',
    alone: true,
    close: () => db.destroy(),
    kill() {
      life.dead = true
      void dialect.driver?.destroy()
    },
  }
}

type Life = { dead: boolean }

class MortalDialect extends NodeSqliteDialect {
  readonly #life: Life
  driver: Driver | undefined
  constructor(options: ConstructorParameters<typeof NodeSqliteDialect>[0], life: Life) {
    super(options)
    this.#life = life
  }
  override createDriver(): Driver {
    const inner = super.createDriver()
    this.driver = inner
    const life = this.#life
    return {
      init: () => inner.init(),
      acquireConnection: async () =>
        life.dead ? await never() : new MortalConnection(await inner.acquireConnection(), life),
      beginTransaction: async (connection, settings) =>
        life.dead ? await never() : await alive(life, inner.beginTransaction(innerOf(connection), settings)),
      commitTransaction: async (connection) =>
        life.dead ? await never() : await inner.commitTransaction(innerOf(connection)),
      rollbackTransaction: async (connection) =>
        life.dead ? await never() : await inner.rollbackTransaction(innerOf(connection)),
      releaseConnection: async (connection) =>
        life.dead ? await never() : await inner.releaseConnection(innerOf(connection)),
      destroy: () => (life.dead ? Promise.resolve() : inner.destroy()),
    }
  }
}

class MortalConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection
  readonly #life: Life
  constructor(inner: DatabaseConnection, life: Life) {
    this.inner = inner
    this.#life = life
  }
  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#life.dead) return await never()
    return await alive(this.#life, this.inner.executeQuery<R>(query))
  }
  streamQuery<R>(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult<R>> {
    return this.inner.streamQuery(query, chunkSize ?? 100)
  }
}

function innerOf(connection: DatabaseConnection): DatabaseConnection {
  return (connection as MortalConnection).inner
}

/** The answer, unless the process has died meanwhile. */
function alive<R>(life: Life, answer: Promise<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    answer.then(
      (value) => life.dead || resolve(value),
      (error) => life.dead || reject(error),
    )
  })
}

function never(): Promise<never> {
  return new Promise(() => {})
}
