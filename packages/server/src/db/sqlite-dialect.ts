import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  DialectAdapterBase,
  type Driver,
  type QueryResult,
  SelectQueryNode,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'

/** A connection that remembers its prepared statements: parsing costs more than most of our queries. */
class Handle {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, { readonly statement: StatementSync; readonly reads: boolean }>()
  constructor(db: DatabaseSync) {
    this.#db = db
  }

  run(sql: string, parameters: readonly unknown[]): QueryResult<never> {
    const { statement, reads } = this.#prepare(sql)
    const values = parameters.map(bindable)
    if (reads) return { rows: statement.all(...values) as never[] }
    const { changes, lastInsertRowid } = statement.run(...values)
    return { rows: [], insertId: BigInt(lastInsertRowid), numAffectedRows: BigInt(changes) }
  }

  exec(sql: string): void {
    this.#db.exec(sql)
  }

  inTransaction(): boolean {
    return this.#db.isTransaction
  }

  close(): void {
    this.#statements.clear()
    this.#db.close()
  }

  #prepare(sql: string): { readonly statement: StatementSync; readonly reads: boolean } {
    let known = this.#statements.get(sql)
    if (known) {
      // Least recently used first: the map keeps insertion order.
      this.#statements.delete(sql)
    } else {
      const statement = this.#db.prepare(sql)
      known = { statement, reads: statement.columns().length > 0 }
      const oldest = this.#statements.size >= 512 ? this.#statements.keys().next().value : undefined
      if (oldest !== undefined) this.#statements.delete(oldest)
    }
    this.#statements.set(sql, known)
    return known
  }
}

function bindable(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0
  return value === undefined ? null : (value as SQLInputValue)
}

/** Who may use the writer: transactions and single writes, one after the other. */
class Turn {
  #tail: Promise<void> = Promise.resolve()
  take(): Promise<() => void> {
    const before = this.#tail
    let release!: () => void
    this.#tail = new Promise<void>((resolve) => {
      release = resolve
    })
    return before.then(() => release)
  }
}

/** What Kysely holds for the length of a statement or a transaction. */
class Connection implements DatabaseConnection {
  readonly #writer: Handle
  readonly #reader: Handle | undefined
  readonly #turn: Turn
  #release: (() => void) | undefined
  constructor(writer: Handle, reader: Handle | undefined, turn: Turn) {
    this.#writer = writer
    this.#reader = reader
    this.#turn = turn
  }

  async begin(): Promise<void> {
    this.#release = await this.#turn.take()
    this.#writer.exec('begin immediate')
  }

  end(how: 'commit' | 'rollback'): void {
    // A full disk has rolled back by itself; the error to report is that one, not this one's lack of a transaction.
    if (how === 'commit' || this.#writer.inTransaction()) this.#writer.exec(how)
    this.free()
  }

  free(): void {
    this.#release?.()
    this.#release = undefined
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const handle = this.#release ? this.#writer : SelectQueryNode.is(query.query) ? this.#reader : undefined
    if (handle) return handle.run(query.sql, query.parameters) as QueryResult<R>
    const release = await this.#turn.take()
    try {
      return this.#writer.run(query.sql, query.parameters) as QueryResult<R>
    } finally {
      release()
    }
  }

  // biome-ignore lint/correctness/useYield: nothing here streams
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not offered: page through the rows')
  }
}

export type SqliteOptions = {
  /** Path of the file, or `:memory:`. */
  readonly path: string
  /** Called before a connection is lent out; throws where the root handle may not be used. */
  readonly guard?: () => void
}

/**
 * node:sqlite under Kysely. One writer, used in turns; statements outside a transaction that only read go to a second,
 * read-only connection of the same file, so that they neither wait for a transaction nor see into it.
 */
export class NodeSqliteDialect implements Dialect {
  readonly #options: SqliteOptions
  constructor(options: SqliteOptions) {
    this.#options = options
  }
  createDriver(): Driver {
    return new NodeSqliteDriver(this.#options)
  }
  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler()
  }
  createAdapter(): DialectAdapterBase {
    return new NodeSqliteAdapter()
  }
  createIntrospector(...[db]: Parameters<Dialect['createIntrospector']>): SqliteIntrospector {
    return new SqliteIntrospector(db)
  }
}

class NodeSqliteAdapter extends DialectAdapterBase {
  override get supportsReturning(): boolean {
    return false
  }
  async acquireMigrationLock(): Promise<void> {}
  async releaseMigrationLock(): Promise<void> {}
}

class NodeSqliteDriver implements Driver {
  readonly #options: SqliteOptions
  readonly #turn = new Turn()
  #writer: Handle | undefined
  #reader: Handle | undefined
  constructor(options: SqliteOptions) {
    this.#options = options
  }

  async init(): Promise<void> {
    const { path } = this.#options
    const writer = new DatabaseSync(path, { enableForeignKeyConstraints: false, timeout: 10_000 })
    // FULL: a committed transaction survives a power cut. 64 MiB of cache hold the working set of a large site.
    writer.exec('pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536')
    this.#writer = new Handle(writer)
    if (path === ':memory:') return
    const reader = new DatabaseSync(path, { readOnly: true, timeout: 10_000 })
    reader.exec('pragma cache_size = -65536')
    this.#reader = new Handle(reader)
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    this.#options.guard?.()
    return new Connection(this.#writer as Handle, this.#reader, this.#turn)
  }
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as Connection).begin()
  }
  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    ;(connection as Connection).end('commit')
  }
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    ;(connection as Connection).end('rollback')
  }
  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    ;(connection as Connection).free()
  }
  async destroy(): Promise<void> {
    this.#reader?.close()
    this.#writer?.close()
  }
}
