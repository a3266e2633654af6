import { existsSync } from 'node:fs'
import { apiFailure, Bug } from '@altostack/core'
import type { Db } from '../db/database.ts'
import { isUniqueViolation } from '../db/errors.ts'
import type { Secrets } from './secrets-port.ts'

const name = 'alto.secret.check'

const fix = 'Copy secret.key from the first server, or from the backup that belongs to the database.'

/** Refuses to make a new key beside a database whose secrets were sealed with one that is gone. Writes nothing. */
export async function requireKeyFile(db: Db, keyPath: string): Promise<void> {
  if (existsSync(keyPath)) return
  const row = await db.selectFrom('configuration').select('id').where('name', '=', name).executeTakeFirst()
  if (row) throw apiFailure('api.bad-request', `${keyPath} is missing, and the database holds secrets`, { fix })
}

/**
 * Proves that the key of this data directory is the one the database's secrets were sealed with: a restored database or a
 * second server with a key of its own is refused at the start, not at the first secret it needs.
 */
export async function checkSecretKey(db: Db, secrets: Secrets, keyPath: string): Promise<void> {
  const row = await db.selectFrom('configuration').select('value').where('name', '=', name).executeTakeFirst()
  if (!row) {
    const sealed = secrets.seal(name, 'right')
    try {
      await db.insertInto('configuration').values({ name, value: sealed, category: 'Hidden' }).execute()
      return
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
      return await checkSecretKey(db, secrets, keyPath)
    }
  }
  try {
    secrets.open(name, row.value ?? '')
  } catch (error) {
    if (!(error instanceof Bug)) throw error
    throw apiFailure('api.bad-request', `${keyPath} is not the key that this database was sealed with`, {
      fix,
      cause: error,
    })
  }
}
