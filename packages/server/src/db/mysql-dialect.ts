import { CompiledQuery, type Driver, MysqlDialect } from 'kysely'

export type MysqlOptions = {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** Called before a connection is lent out; throws where the root handle may not be used. */
  readonly guard?: () => void
}

/** Reads `mysql://user:password@host:port/database`; undefined for another form. */
export function readMysqlUrl(url: string): MysqlOptions | undefined {
  if (!/^(mysql|mariadb):\/\//.test(url)) return undefined
  const parsed = new URL(url)
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: Number(parsed.port || 3306),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)) || 'cloud',
  }
}

/**
 * mysql2 under Kysely. READ COMMITTED: our claims and moves are conditional updates, and without gap locks they wait less
 * for each other. Matched rows are counted, not changed ones, as SQLite does.
 */
export class GuardedMysqlDialect extends MysqlDialect {
  readonly #guard: () => void
  constructor(options: MysqlOptions) {
    super({
      pool: async () => {
        // Loaded here: its 92 modules are for servers on MariaDB, and most processes have SQLite.
        const { createPool } = await import('mysql2')
        return createPool({
          host: options.host,
          port: options.port,
          user: options.user,
          password: options.password,
          database: options.database,
          connectionLimit: 24,
          maxIdle: 8,
          idleTimeout: 60_000,
          connectTimeout: 10_000,
          charset: 'utf8mb4_bin',
          flags: ['FOUND_ROWS'],
          supportBigNumbers: true,
          timezone: 'Z',
        })
      },
      onCreateConnection: async (connection) => {
        for (const sql of sessionSettings) await connection.executeQuery(CompiledQuery.raw(sql))
      },
    })
    this.#guard = options.guard ?? (() => undefined)
  }
  override createDriver(): Driver {
    const driver = super.createDriver()
    const acquire = driver.acquireConnection.bind(driver)
    driver.acquireConnection = async (options) => {
      this.#guard()
      return await acquire(options)
    }
    return driver
  }
}

const sessionSettings = [
  'set session transaction isolation level read committed',
  "set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE'",
  'set session innodb_lock_wait_timeout = 10',
]
