import { RetryLater } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'
import type { Db, Queries } from '../db/database.ts'

/** How soon an operation that waits for a host looks again, ms. */
const lookAgainMs = 1000

/** For a step: not now, because these hosts have not come back yet since the management server ended. */
export function notBackYet(ctx: ServerContext, what: string, hosts: readonly { readonly name: string }[]): RetryLater {
  const named = hosts.slice(0, 3).map((host) => host.name)
  const more = hosts.length > named.length ? ` and ${hosts.length - named.length} more` : ''
  // With a chance in it, so that those who wait do not all look in the same instant.
  return new RetryLater(
    Math.round(lookAgainMs * (1 + ctx.runtime.random())),
    `${what} waits for ${named.join(', ')}${more} to come back`,
  )
}

/** Hosts of the list that are expected back: the server that had their connection has ended. */
export async function awaitedAmong(
  db: Queries,
  ctx: ServerContext,
  of: { readonly clusterId: number } | { readonly poolId: number } | { readonly zoneId: number },
): Promise<readonly { readonly id: number; readonly name: string }[]> {
  let query = db
    .selectFrom('host')
    .select(['id', 'name'])
    .where('removed', 'is', null)
    .where('status', '!=', 'Up')
    .where('awaited_until', '>', ctx.runtime.now())
  query =
    'clusterId' in of
      ? query.where('cluster_id', '=', of.clusterId)
      : 'zoneId' in of
        ? query.where('data_center_id', '=', of.zoneId)
        : query.where((eb) =>
            eb('id', 'in', eb.selectFrom('storage_pool_host_ref').select('host_id').where('pool_id', '=', of.poolId)),
          )
  return await query.execute()
}

/** Until when hosts are expected back after the end of their server that is noticed now; wall clock, ms. */
export async function awaitedUntil(ctx: ServerContext): Promise<number> {
  return ctx.runtime.now() + (await ctx.config.number('alto.host.return.wait')) * 1000
}

/** Hosts that were awaited already when this server ended too are awaited anew. */
export async function awaitAgain(ctx: ServerContext, until: number): Promise<void> {
  await ctx.db
    .updateTable('host')
    .set({ awaited_until: until })
    .where('awaited_until', 'is not', null)
    .where('status', '!=', 'Up')
    .where('removed', 'is', null)
    .execute()
}

/** Those that have not come back in their time are awaited no longer. */
export async function stopAwaiting(db: Db, now: number): Promise<void> {
  await db.updateTable('host').set({ awaited_until: null }).where('awaited_until', '<=', now).execute()
}
