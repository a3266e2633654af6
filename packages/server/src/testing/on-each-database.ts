import { after, describe } from 'node:test'
import { type Runtime, systemRuntime } from '@altostack/core'
import { type OpenDatabase, openDatabase } from '../db/open-database.ts'
import {
  createTestDatabase,
  type DatabaseKind,
  databaseKinds,
  databaseMissing,
  stopTestDatabases,
} from './test-databases.ts'

export type EachDatabase = {
  readonly kind: DatabaseKind
  /** A fresh, migrated database; removed when the suite ends. */
  readonly open: () => Promise<OpenDatabase & { readonly url: string; readonly runtime: Runtime }>
}

/** Declares the same tests for SQLite and MariaDB; what the machine lacks is counted as skipped, with the reason. */
export function onEachDatabase(name: string, declare: (each: EachDatabase) => void): void {
  for (const kind of databaseKinds) {
    const skip = databaseMissing(kind)
    describe(`${name} on ${kind}`, skip === undefined ? {} : { skip }, () => {
      const opened: (() => Promise<void>)[] = []
      after(async () => {
        for (const close of opened.reverse()) await close()
        await stopTestDatabases()
      })
      declare({
        kind,
        open: async () => {
          const runtime = systemRuntime()
          const { url, drop } = await createTestDatabase(kind)
          const database = await openDatabase(url, { runtime })
          opened.push(drop, database.close)
          return { ...database, url, runtime }
        },
      })
    })
  }
}
