/** `node write-until-killed.ts DATABASE`: writes rows, many at once, and prints each name once its commit was answered. */
import { writeSync } from 'node:fs'
import { systemRuntime } from '@altostack/core'
import { openDatabase } from '../db/open-database.ts'
import { transact } from '../db/transaction.ts'

const runtime = systemRuntime()
const { db } = await openDatabase(process.argv[2] ?? '', { runtime })
async function write(): Promise<never> {
  for (;;) {
    const name = runtime.uuid()
    await transact({ db, runtime }, (tx) =>
      tx.insertInto('configuration').values({ name, value: 'x', category: 'c' }).execute(),
    )
    writeSync(1, `${name}\n`)
  }
}
await Promise.all(Array.from({ length: 16 }, write))
