import type { Runtime } from '@altostack/core'
import { hashPassword } from '../auth/password.ts'
import type { Db } from '../db/database.ts'
import { isUniqueViolation } from '../db/errors.ts'
import { transact } from '../db/transaction.ts'
import { seedAccounts } from './seed-accounts.ts'
import { seedGuestOs } from './seed-guest-os.ts'
import { seedImageStore } from './seed-image-store.ts'
import { seedNetworkOfferings } from './seed-network-offerings.ts'
import { seedOfferings } from './seed-offerings.ts'
import { seedRoles } from './seed-roles.ts'

export type SeedContext = {
  readonly runtime: Runtime
  readonly now: number
}
export type Seeded = {
  /** The new password of `admin`; the only time it is known. */
  readonly adminPassword: string
}

/**
 * Fills an empty database with what a fresh CloudStack holds: ROOT, the system and admin accounts, default roles, built-in
 * offerings, guest operating systems. All in one transaction; undefined when it was done before.
 */
export async function seed(db: Db, runtime: Runtime): Promise<Seeded | undefined> {
  const done = await db.selectFrom('domain').select('id').limit(1).executeTakeFirst()
  if (done) return undefined
  const adminPassword = Buffer.from(runtime.randomBytes(12)).toString('base64url')
  const passwordHash = await hashPassword(adminPassword, runtime.randomBytes)
  const ctx: SeedContext = { runtime, now: runtime.now() }
  try {
    await transact({ db, runtime }, async (tx) => {
      // First: its fixed ids make a second server's seed fail here, whole.
      await seedAccounts(tx, ctx, passwordHash)
      await seedRoles(tx, ctx)
      await seedOfferings(tx, ctx)
      await seedNetworkOfferings(tx, ctx)
      await seedGuestOs(tx, ctx)
      await seedImageStore(tx, ctx)
    })
  } catch (error) {
    if (isUniqueViolation(error)) return undefined
    throw error
  }
  return { adminPassword }
}
