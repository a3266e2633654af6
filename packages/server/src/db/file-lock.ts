import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { apiFailure } from '@altostack/core'

/**
 * Holds the lock that proves this process is the only server of an SQLite file. It is SQLite's own lock on a file beside
 * it: the operating system drops it with the process, however that ends. Throws naming the holder.
 */
export function lockDatabaseFile(path: string): () => void {
  const lockPath = `${path}.lock`
  const holderPath = `${path}.holder`
  const lock = new DatabaseSync(lockPath, { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (cause) {
    lock.close()
    throw apiFailure('api.bad-request', `Another management server uses ${path}`, {
      seen: `held by process ${holder(holderPath)}`,
      fix: 'Stop that server, give --data-dir another directory, or use --database mysql://… for several servers.',
      cause,
    })
  }
  writeFileSync(holderPath, `${process.pid}\n`)
  return () => {
    rmSync(holderPath, { force: true })
    lock.close()
  }
}

function holder(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
