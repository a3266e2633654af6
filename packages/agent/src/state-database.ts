import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export type StateDatabase = DatabaseSync

/** Numbered steps, never edited after release. */
const migrations = [
  `CREATE TABLE entry (key TEXT PRIMARY KEY, method TEXT NOT NULL, params TEXT NOT NULL, state TEXT NOT NULL,
     outcome TEXT, created INTEGER NOT NULL) STRICT`,
  'CREATE TABLE run (run_id TEXT PRIMARY KEY, epoch INTEGER NOT NULL, seen INTEGER NOT NULL) STRICT',
  'CREATE TABLE vm (instance TEXT PRIMARY KEY, uuid TEXT NOT NULL, generation INTEGER NOT NULL) STRICT',
  'CREATE TABLE value (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT',
  'CREATE TABLE pool (uuid TEXT PRIMARY KEY, pool TEXT NOT NULL) STRICT',
  `CREATE TABLE reservation (nic TEXT PRIMARY KEY, instance TEXT NOT NULL, bridge TEXT NOT NULL, mac TEXT NOT NULL,
     dhcp TEXT NOT NULL) STRICT`,
  'CREATE TABLE segment (bridge TEXT PRIMARY KEY, device TEXT NOT NULL, plan TEXT NOT NULL) STRICT',
  `CREATE TABLE nic_use (nic TEXT PRIMARY KEY, instance TEXT NOT NULL, bridge TEXT NOT NULL,
     since INTEGER NOT NULL) STRICT`,
  'DROP TABLE reservation',
  `CREATE TABLE guest_nic (nic TEXT PRIMARY KEY, instance TEXT NOT NULL, mark INTEGER NOT NULL UNIQUE,
     spec TEXT NOT NULL, leaving INTEGER NOT NULL) STRICT`,
  'CREATE TABLE guest_data (instance TEXT PRIMARY KEY, version INTEGER NOT NULL, data TEXT NOT NULL) STRICT',
  'CREATE TABLE password_taken (instance TEXT PRIMARY KEY, version INTEGER NOT NULL, digest TEXT NOT NULL) STRICT',
  'CREATE TABLE security_group (uuid TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL) STRICT',
  'CREATE TABLE network_names (uuid TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL) STRICT',
  'CREATE TABLE config_drive (instance TEXT PRIMARY KEY, label TEXT NOT NULL, path TEXT NOT NULL) STRICT',
  'CREATE TABLE adopted (instance TEXT PRIMARY KEY, uuid TEXT NOT NULL, xml TEXT NOT NULL) STRICT',
] as const

/** Opens the agent's state: every commit is on the disk when it returns. One agent a file. */
export function openStateDatabase(path: string): StateDatabase {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(path)
  if (path !== ':memory:') chmodSync(path, 0o600)
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  const { user_version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  for (let at = user_version; at < migrations.length; at++) {
    transaction(database, () => {
      database.exec(migrations[at] as string)
      database.exec(`PRAGMA user_version = ${at + 1}`)
    })
  }
  return database
}

/** Runs synchronous work in one transaction; nothing may be awaited inside. */
export function transaction<T>(database: StateDatabase, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    try {
      database.exec('ROLLBACK')
    } catch {
      // A failed COMMIT (disk full) may have rolled back by itself.
    }
    throw error
  }
}

export function readValue(database: StateDatabase, name: string): string | undefined {
  const row = database.prepare('SELECT value FROM value WHERE name = ?').get(name) as { value: string } | undefined
  return row?.value
}

export function writeValue(database: StateDatabase, name: string, value: string): void {
  database
    .prepare('INSERT INTO value (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
    .run(name, value)
}
