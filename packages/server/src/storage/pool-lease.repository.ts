import type { Queries } from '../db/database.ts'
import { isUniqueViolation } from '../db/errors.ts'

export type WantedLease = {
  readonly poolId: number
  readonly hostId: number
  readonly term: string
  /** ms since 1970. */
  readonly expires: number
}

/**
 * The lease is this host's from now on, or still: one that ended before `expired` may be taken from another. Answers the
 * name of the host that has it instead.
 */
export async function takeLease(db: Queries, wanted: WantedLease, expired: number): Promise<string | undefined> {
  const { poolId, hostId, term, expires } = wanted
  // Twice: who has it may give it back between a row that is there and one that is not.
  for (let attempt = 1; ; attempt++) {
    const { numUpdatedRows } = await db
      .updateTable('storage_pool_lease')
      .set({ host_id: hostId, term, expires })
      .where('pool_id', '=', poolId)
      .where((eb) => eb.or([eb('host_id', '=', hostId), eb('expires', '<', expired)]))
      .executeTakeFirstOrThrow()
    if (numUpdatedRows > 0n) return undefined
    const holder = await holderOf(db, poolId)
    if (holder !== undefined) return holder
    try {
      await db.insertInto('storage_pool_lease').values({ pool_id: poolId, host_id: hostId, term, expires }).execute()
      return undefined
    } catch (error) {
      if (!isUniqueViolation(error) || attempt === 2) throw error
    }
  }
}

/** Gives back this holding of the lease, if it is still this one. */
export async function giveLease(db: Queries, poolId: number, hostId: number, term: string): Promise<void> {
  await db
    .deleteFrom('storage_pool_lease')
    .where('pool_id', '=', poolId)
    .where('host_id', '=', hostId)
    .where('term', '=', term)
    .execute()
}

async function holderOf(db: Queries, poolId: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('storage_pool_lease')
    .leftJoin('host', 'host.id', 'storage_pool_lease.host_id')
    .select(['storage_pool_lease.host_id as id', 'host.name as name'])
    .where('storage_pool_lease.pool_id', '=', poolId)
    .executeTakeFirst()
  return row === undefined ? undefined : (row.name ?? `host ${row.id}`)
}
