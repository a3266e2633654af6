import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SavedHost } from './simulated-host.ts'
import type { PoolDirectory, PoolFile } from './storage.ts'
import type { Identity } from './trust/tls.ts'

/** What a fleet keeps in its state directory: identities, each host's disk and guests, the files of the pools. */
export type FleetStore = {
  /** Names the fleet; made once. */
  readonly name: (make: () => string) => string
  readonly identity: (index: number) => Identity | undefined
  readonly saveIdentity: (index: number, identity: Identity | undefined) => void
  readonly joined: () => readonly string[]
  readonly host: (index: number) => SavedHost | undefined
  /** Written before the next turn of the event loop, so before any answer that depends on it is sent. */
  readonly saveHost: (index: number, host: () => SavedHost) => void
  readonly saveFile: (directory: PoolDirectory, name: string, file: PoolFile | undefined) => void
  readonly saveMarker: (directory: PoolDirectory) => void
  readonly pools: () => readonly {
    readonly key: string
    readonly marker: string | undefined
    readonly files: readonly (readonly [string, PoolFile])[]
  }[]
  readonly close: () => void
}

const schema = `
  CREATE TABLE IF NOT EXISTS value (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS identity (host INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS host (host INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS pool (key TEXT PRIMARY KEY, marker TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS file (pool TEXT NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (pool, name)) STRICT`

/** Opens the state of a fleet; one process at a time. It survives a kill of the process, not a power cut. */
export function openFleetStore(directory: string): FleetStore {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, 'fleet.db')
  const database = new DatabaseSync(path)
  chmodSync(path, 0o600)
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  database.exec(schema)
  const upsert = (table: string): ReturnType<typeof database.prepare> =>
    database.prepare(
      `INSERT INTO ${table} (host, data) VALUES (?, ?) ON CONFLICT (host) DO UPDATE SET data = excluded.data`,
    )
  const putHost = upsert('host')
  const putIdentity = upsert('identity')
  const putMarker = database.prepare(
    'INSERT INTO pool (key, marker) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET marker = excluded.marker',
  )
  const putFile = database.prepare(
    `INSERT INTO file (pool, name, data) VALUES (?, ?, ?)
     ON CONFLICT (pool, name) DO UPDATE SET data = excluded.data`,
  )
  const dropFile = database.prepare('DELETE FROM file WHERE pool = ? AND name = ?')
  let dirty = new Map<number, () => SavedHost>()
  let closed = false

  function flush(): void {
    if (dirty.size === 0) return
    const hosts = dirty
    dirty = new Map()
    database.exec('BEGIN')
    for (const [index, host] of hosts) putHost.run(index, JSON.stringify(host()))
    database.exec('COMMIT')
  }

  function row<T>(table: string, index: number): T | undefined {
    const found = database.prepare(`SELECT data FROM ${table} WHERE host = ?`).get(index) as
      | { data: string }
      | undefined
    return found === undefined ? undefined : (JSON.parse(found.data) as T)
  }

  return {
    name(make) {
      const found = database.prepare("SELECT value FROM value WHERE name = 'fleet'").get() as
        | { value: string }
        | undefined
      if (found !== undefined) return found.value
      const name = make()
      database.prepare("INSERT INTO value (name, value) VALUES ('fleet', ?)").run(name)
      return name
    },
    identity: (index) => row<Identity>('identity', index),
    saveIdentity(index, identity) {
      if (identity === undefined) database.prepare('DELETE FROM identity WHERE host = ?').run(index)
      else putIdentity.run(index, JSON.stringify(identity))
    },
    joined: () =>
      (database.prepare('SELECT data FROM identity ORDER BY host').all() as { data: string }[]).map(
        ({ data }) => (JSON.parse(data) as Identity).hostUuid,
      ),
    host: (index) => row<SavedHost>('host', index),
    saveHost(index, host) {
      // An effect that ends after the close belongs to the next process: its probe finds it.
      if (closed) return
      if (dirty.size === 0) queueMicrotask(flush)
      dirty.set(index, host)
    },
    saveFile(pool, name, file) {
      if (closed) return
      if (file === undefined) dropFile.run(pool.key, name)
      else putFile.run(pool.key, name, JSON.stringify(file))
    },
    saveMarker(pool) {
      if (!closed) putMarker.run(pool.key, pool.marker ?? null)
    },
    pools() {
      const files = database.prepare('SELECT name, data FROM file WHERE pool = ?')
      const pools = database.prepare('SELECT key, marker FROM pool').all() as { key: string; marker: string | null }[]
      return pools.map(({ key, marker }) => ({
        key,
        marker: marker ?? undefined,
        files: (files.all(key) as { name: string; data: string }[]).map(
          ({ name, data }) => [name, JSON.parse(data) as PoolFile] as const,
        ),
      }))
    },
    close() {
      flush()
      closed = true
      database.close()
    },
  }
}
