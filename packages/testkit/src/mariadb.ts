import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync, chownSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely, MysqlDialect, sql } from 'kysely'

/** Debian packages that `startMariadb` needs. */
export const mariadbPackages = ['mariadb-server'] as const

export type TestMariadb = {
  /** `mysql://root@127.0.0.1:<port>/cloud`, without password; the server listens on loopback only. */
  readonly url: string
  /** Ends the server and removes its files; does nothing for one that somebody else started. */
  readonly stop: () => Promise<void>
}

/**
 * A Kysely on a fresh database of its own on that server, so that test files can share the server. `destroy` drops the
 * database.
 */
export async function openTestMysql<DB>(
  url: string,
  options: { readonly connections?: number } = {},
): Promise<Kysely<DB>> {
  const name = `test_${randomBytes(6).toString('hex')}`
  // Loaded here: its 100 modules are for the few tests that have a MariaDB.
  const { createPool } = await import('mysql2')
  const mysql = await import('mysql2/promise')
  const admin = await mysql.createConnection(url)
  await admin.query(`create database ${name} character set utf8mb4`)
  await admin.end()
  const uri = new URL(url)
  uri.pathname = `/${name}`
  const pool = createPool({ uri: uri.href, connectionLimit: options.connections ?? 4, supportBigNumbers: true })
  const db = new Kysely<DB>({ dialect: new MysqlDialect({ pool }) })
  const destroy = db.destroy.bind(db)
  db.destroy = async () => {
    await sql.raw(`drop database if exists ${name}`).execute(db)
    await destroy()
  }
  return db
}

/** Why MariaDB cannot be started here, for a test's `skip`; undefined when it can. */
export function mariadbMissing(): string | undefined {
  if (process.env.ALTO_TEST_MARIADB_URL) return undefined
  if (find('mariadbd') && find('mariadb-install-db')) return undefined
  return `no MariaDB server here: install ${mariadbPackages.join(' ')}`
}

/**
 * Starts Debian's MariaDB on a free loopback port with a fresh data directory, as a user that is not root; takes about
 * two seconds. With ALTO_TEST_MARIADB_URL set, that server is used instead: how one run of many files shares one.
 */
export async function startMariadb(
  options: {
    /** Every commit is on the disk before it is answered, as in production; for benches. */
    readonly durable?: boolean
  } = {},
): Promise<TestMariadb> {
  const given = process.env.ALTO_TEST_MARIADB_URL
  if (given && !options.durable) return { url: given, stop: async () => {} }
  const server = find('mariadbd')
  const install = find('mariadb-install-db')
  if (!server || !install) throw new Error(mariadbMissing())
  const directory = mkdtempSync(join(tmpdir(), 'alto-mariadb-'))
  const user = unprivileged()
  if (user) chownSync(directory, user.uid, user.gid)
  const data = join(directory, 'data')
  mkdirSync(data)
  if (user) chownSync(data, user.uid, user.gid)
  const as = user ? { uid: user.uid, gid: user.gid } : {}
  try {
    const made = spawnSync(
      install,
      ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
      { ...as, cwd: directory, encoding: 'utf8' },
    )
    if (made.status !== 0) throw new Error(`mariadb-install-db failed: ${made.stderr || made.stdout}`)
    const port = await freePort()
    const init = join(directory, 'init.sql')
    writeFileSync(init, 'CREATE DATABASE IF NOT EXISTS cloud CHARACTER SET utf8mb4;\n', { mode: 0o644 })
    const child = spawn(
      'setpriv',
      [
        // Even a test that is killed with -9 leaves no server behind.
        '--pdeathsig',
        'KILL',
        server,
        '--no-defaults',
        `--datadir=${data}`,
        `--tmpdir=${directory}`,
        `--socket=${join(directory, 'sock')}`,
        `--pid-file=${join(directory, 'pid')}`,
        `--log-error=${join(directory, 'log')}`,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
        '--skip-name-resolve',
        '--character-set-server=utf8mb4',
        ...(options.durable ? durable : fast),
        `--init-file=${init}`,
      ],
      { ...as, cwd: directory, stdio: 'ignore' },
    )
    await listening(port, child, join(directory, 'log'))
    child.unref()
    return {
      url: `mysql://root@127.0.0.1:${port}/cloud`,
      stop: async () => {
        await ended(child)
        rmSync(directory, { recursive: true, force: true })
      },
    }
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
}

/** Tests kill processes, not machines: durability would only make them slow. */
const fast = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-buffer-pool-size=64M',
  '--innodb-flush-method=nosync',
  '--innodb-doublewrite=0',
  '--innodb-file-per-table=0',
  '--sync-frm=0',
]
const durable = ['--innodb-flush-log-at-trx-commit=1', '--innodb-buffer-pool-size=512M']

function find(program: string): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/bin', '/usr/local/sbin']
  for (const directory of directories) {
    try {
      accessSync(join(directory, program), constants.X_OK)
      return join(directory, program)
    } catch {}
  }
  return undefined
}

/** The account `mysql`, else `nobody`; undefined when this process is not root and runs the server as itself. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const account = accounts.find((fields) => fields[0] === 'mysql') ?? accounts.find((fields) => fields[0] === 'nobody')
  if (!account) throw new Error('MariaDB does not run as root and there is no account mysql or nobody')
  return { uid: Number(account[2]), gid: Number(account[3]) }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function listening(port: number, child: ChildProcess, log: string): Promise<void> {
  for (const end = performance.now() + 30_000; performance.now() < end; ) {
    if (child.exitCode !== null || child.signalCode !== null) break
    if (await connects(port)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  child.kill('SIGKILL')
  throw new Error(`MariaDB does not listen on ${port}: ${tail(log)}`)
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

function tail(log: string): string {
  try {
    return readFileSync(log, 'utf8').split('\n').slice(-8).join('\n')
  } catch {
    return 'it wrote no log'
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.ref()
  child.kill('SIGKILL')
  await exit
}
