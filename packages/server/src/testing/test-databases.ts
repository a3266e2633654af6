import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mariadbMissing, startMariadb, type TestMariadb } from '@altostack/testkit'

export type DatabaseKind = 'sqlite' | 'mariadb'

export type TestDatabase = {
  /** For `openDatabase`. */
  readonly url: string
  /** Removes it. */
  readonly drop: () => Promise<void>
}

/** Why a kind of database cannot be tested on this machine; undefined when it can. */
export function databaseMissing(kind: DatabaseKind): string | undefined {
  return kind === 'mariadb' ? mariadbMissing() : undefined
}

/** Options of a suite on this kind of database: skipped, with why, where it cannot be tested. */
export function skipWithout(kind: DatabaseKind): { readonly skip?: string } {
  const skip = databaseMissing(kind)
  return skip === undefined ? {} : { skip }
}

export const databaseKinds: readonly DatabaseKind[] = ['sqlite', 'mariadb']

/** A fresh, empty database of its own: an SQLite file, or a schema on this process's MariaDB. */
export async function createTestDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  if (kind === 'sqlite') {
    const directory = mkdtempSync(join(tmpdir(), 'alto-db-'))
    return {
      url: join(directory, 'cloud.db'),
      drop: async () => rmSync(directory, { recursive: true, force: true }),
    }
  }
  const server = await sharedMariadb()
  const name = `cloud_${randomBytes(6).toString('hex')}`
  await admin(server.url, `create database ${name} character set utf8mb4`)
  const url = new URL(server.url)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => admin(server.url, `drop database if exists ${name}`) }
}

let shared: Promise<TestMariadb> | undefined
/** One MariaDB a test process: starting it takes seconds. Call `stopTestDatabases` in an after hook. */
function sharedMariadb(): Promise<TestMariadb> {
  shared ??= startMariadb()
  return shared
}

export async function stopTestDatabases(): Promise<void> {
  const started = shared
  shared = undefined
  await (await started)?.stop()
}

async function admin(url: string, statement: string): Promise<void> {
  // Loaded here: its 100 modules are for tests on MariaDB.
  const mysql = await import('mysql2/promise')
  const connection = await mysql.createConnection(url)
  try {
    await connection.query(statement)
  } finally {
    await connection.end()
  }
}
