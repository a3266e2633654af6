import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  DialectAdapterBase,
  type Driver,
  type QueryResult,
  RawNode,
  SelectQueryNode,
  SqliteIntrospector,
} from 'kysely'
import { LongListCompiler } from './sqlite-compiler.ts'
import { rowMaker } from './sqlite-rows.ts'

declare module 'node:sqlite' {
  // Node 24.21 has them, @types/node does not yet; only tests call them.
  interface DatabaseSync {
    serialize(): Uint8Array
    deserialize(content: Uint8Array): void
  }
}

/** Changes whenever a table does, on whichever connection: statements prepared before would show its old columns. */
class Schema {
  version = 0
}

type Prepared = {
  readonly statement: StatementSync
  readonly reads: boolean
  readonly changesSchema: boolean
  /** Known since the first run: only that sees what another connection has done to the table. */
  row?: (values: readonly unknown[]) => Record<string, unknown>
}

/** A connection that remembers its prepared statements: parsing costs more than most of our queries. */
class Handle {
  readonly #db: DatabaseSync
  readonly #schema: Schema
  readonly #statements = new Map<string, Prepared>()
  #version: number
  constructor(db: DatabaseSync, schema: Schema) {
    this.#db = db
    this.#schema = schema
    this.#version = schema.version
  }

  run(sql: string, parameters: readonly unknown[] = []): QueryResult<never> {
    const known = this.#prepare(sql)
    const { statement } = known
    const values = parameters.map(bindable)
    if (known.reads) {
      const rows = statement.all(...values) as unknown as readonly (readonly unknown[])[]
      known.row ??= rowMaker(statement)
      return { rows: rows.map(known.row) as never[] }
    }
    const { changes, lastInsertRowid } = statement.run(...values)
    if (known.changesSchema) this.#schema.version++
    return { rows: [], insertId: BigInt(lastInsertRowid), numAffectedRows: BigInt(changes) }
  }

  exec(sql: string): void {
    this.#db.exec(sql)
  }

  serialize(): Uint8Array {
    return this.#db.serialize()
  }

  inTransaction(): boolean {
    return this.#db.isTransaction
  }

  close(): void {
    this.#statements.clear()
    this.#db.close()
  }

  #prepare(sql: string): Prepared {
    if (this.#version !== this.#schema.version) {
      this.#statements.clear()
      this.#version = this.#schema.version
    }
    let known = this.#statements.get(sql)
    if (known) {
      // Least recently used first: the map keeps insertion order.
      this.#statements.delete(sql)
    } else {
      known = prepared(this.#db.prepare(sql))
      const oldest = this.#statements.size >= 512 ? this.#statements.keys().next().value : undefined
      if (oldest !== undefined) this.#statements.delete(oldest)
    }
    this.#statements.set(sql, known)
    return known
  }
}

function prepared(statement: StatementSync): Prepared {
  const reads = statement.columns().length > 0
  if (reads) statement.setReturnArrays(true)
  return { statement, reads, changesSchema: /^\s*(create|alter|drop)\b/i.test(statement.sourceSQL) }
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

/** The transaction ended well, and was then lost with the group that it shared a commit with: it may run again. */
class LostWithGroup extends Error {
  override readonly name = 'LostWithGroup'
  /** SQLITE_BUSY: another transaction was in the way. */
  readonly errcode = 5
}

type Ended = { readonly resolve: () => void; readonly reject: (error: unknown) => void }

/**
 * The one connection that writes, and its group commit. A commit waits for the disk, in the thread that serves everybody;
 * so transactions that end in the same turn of the event loop are savepoints of one that is committed for all of them.
 * None is answered before that, and none sees less than what was committed or ended before it began.
 */
class Writer {
  readonly handle: Handle
  readonly #turn = new Turn()
  readonly #later: (() => Promise<void>) | undefined
  /** Ended, and waiting for the commit. */
  #ended: Ended[] = []
  constructor(handle: Handle, later: (() => Promise<void>) | undefined) {
    this.handle = handle
    this.#later = later
  }

  /** Waits for its turn and opens a transaction; the answer gives the turn up and is called by `commit` or `rollBack`. */
  async begin(): Promise<() => void> {
    const release = await this.#turn.take()
    try {
      if (!this.handle.inTransaction()) this.handle.run('begin immediate')
      this.handle.run('savepoint one')
      return release
    } catch (error) {
      release()
      throw error
    }
  }

  /** Resolves when it is on the disk. */
  async commit(release: () => void): Promise<void> {
    try {
      this.handle.run('release one')
    } catch (error) {
      this.rollBack(release)
      throw error
    }
    const saved = new Promise<void>((resolve, reject) => this.#ended.push({ resolve, reject }))
    if (this.#later === undefined) this.#save()
    else if (this.#ended.length === 1) void this.#later().then(() => this.#flush())
    release()
    await saved
  }

  rollBack(release: () => void): void {
    // A full disk has rolled back everything by itself; the error to report is that one, not a missing transaction.
    if (!this.handle.inTransaction()) this.#settle((one) => one.reject(new LostWithGroup('rolled back with others')))
    else if (this.#ended.length === 0) this.handle.exec('rollback')
    else this.handle.exec('rollback to one; release one')
    release()
  }

  /** Outside of any transaction, for statements that may not be in one. */
  async alone<R>(statement: () => R): Promise<R> {
    const release = await this.#turn.take()
    try {
      this.#save()
      return statement()
    } finally {
      release()
    }
  }

  async #flush(): Promise<void> {
    const release = await this.#turn.take()
    this.#save()
    release()
  }

  #save(): void {
    if (this.#ended.length === 0) return
    try {
      this.handle.run('commit')
      this.#settle((one) => one.resolve())
    } catch (error) {
      if (this.handle.inTransaction()) this.handle.exec('rollback')
      this.#settle((one) => one.reject(error))
    }
  }

  /** What waits for its commit is lost, as by a kill; whoever waits for it hears so. */
  close(): void {
    this.handle.close()
    this.#settle((one) => one.reject(new Error('the database was closed before the commit')))
  }

  #settle(how: (one: Ended) => void): void {
    const ended = this.#ended
    this.#ended = []
    for (const one of ended) how(one)
  }
}

/** What Kysely holds for the length of a statement or a transaction. */
class Connection implements DatabaseConnection {
  readonly #writer: Writer
  readonly #reader: Handle | undefined
  #release: (() => void) | undefined
  constructor(writer: Writer, reader: Handle | undefined) {
    this.#writer = writer
    this.#reader = reader
  }

  async begin(): Promise<void> {
    this.#release = await this.#writer.begin()
  }

  async commit(): Promise<void> {
    const release = this.#release
    this.#release = undefined
    if (release) await this.#writer.commit(release)
  }

  rollBack(): void {
    const release = this.#release
    this.#release = undefined
    if (release) this.#writer.rollBack(release)
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const run = (handle: Handle): QueryResult<R> => handle.run(query.sql, query.parameters)
    if (this.#release) return run(this.#writer.handle)
    if (this.#reader && SelectQueryNode.is(query.query)) return run(this.#reader)
    if (RawNode.is(query.query)) return await this.#writer.alone(() => run(this.#writer.handle))
    await this.begin()
    try {
      const result = run(this.#writer.handle)
      await this.commit()
      return result
    } catch (error) {
      this.rollBack()
      throw error
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
  /** Resolves when what is ready to run has run: until then transactions that end share a commit. Absent: one each. */
  readonly later?: () => Promise<void>
  /** `full` unless said; `normal`: a power cut may take the last transactions, never the file. */
  readonly synchronous?: 'full' | 'normal'
  /** What a database in memory holds at first: an answer of `serialize`. */
  readonly image?: Uint8Array
}

/**
 * node:sqlite under Kysely. One writer, used in turns; statements outside a transaction that only read go to a second,
 * read-only connection of the same file, so that they neither wait for a transaction nor see into it.
 */
export class NodeSqliteDialect implements Dialect {
  readonly #options: SqliteOptions
  #driver: NodeSqliteDriver | undefined
  constructor(options: SqliteOptions) {
    this.#options = options
  }
  createDriver(): Driver {
    this.#driver = new NodeSqliteDriver(this.#options)
    return this.#driver
  }
  /** The whole database, for `image`; throws before its first statement. */
  serialize(): Uint8Array {
    if (this.#driver === undefined) throw new Error('the database was never used')
    return this.#driver.serialize()
  }
  createQueryCompiler(): LongListCompiler {
    return new LongListCompiler()
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
  #writer: Writer | undefined
  #reader: Handle | undefined
  constructor(options: SqliteOptions) {
    this.#options = options
  }

  async init(): Promise<void> {
    const { path } = this.#options
    const schema = new Schema()
    const writer = new DatabaseSync(path, { enableForeignKeyConstraints: false, timeout: 10_000 })
    if (this.#options.image !== undefined) writer.deserialize(this.#options.image)
    // FULL: a committed transaction survives a power cut. The caches are small: the system's holds the file as well.
    const synchronous = this.#options.synchronous ?? 'full'
    writer.exec(`pragma journal_mode = wal; pragma synchronous = ${synchronous}; pragma cache_size = -16384`)
    // Reads of a database in memory have no connection of their own: they would see what is not committed yet.
    this.#writer = new Writer(new Handle(writer, schema), path === ':memory:' ? undefined : this.#options.later)
    if (path === ':memory:') return
    const reader = new DatabaseSync(path, { readOnly: true, timeout: 10_000 })
    reader.exec('pragma cache_size = -32768')
    this.#reader = new Handle(reader, schema)
  }

  serialize(): Uint8Array {
    if (this.#writer === undefined) throw new Error('the database was never used')
    return this.#writer.handle.serialize()
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    this.#options.guard?.()
    return new Connection(this.#writer as Writer, this.#reader)
  }
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as Connection).begin()
  }
  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as Connection).commit()
  }
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    ;(connection as Connection).rollBack()
  }
  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    ;(connection as Connection).rollBack()
  }
  async destroy(): Promise<void> {
    this.#reader?.close()
    this.#writer?.close()
  }
}
