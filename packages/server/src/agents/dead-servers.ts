import { hostStatuses } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { transact } from '../db/transaction.ts'
import { moveHostStatus } from '../host/index.ts'

const batch = 250

/** This process's row among the management servers, if it has one. */
export async function ownServerId(ctx: ServerContext): Promise<number | null> {
  const row = await ctx.db
    .selectFrom('mshost')
    .select('id')
    .where('incarnation', '=', ctx.incarnation)
    .executeTakeFirst()
  return row?.id ?? null
}

/**
 * At a server's start no host is connected to it, and none to servers that are dead: those become Disconnected until
 * their agents come back. A server lives while its incarnation has a lease.
 */
export async function disconnectHostsOfDeadServers(ctx: ServerContext, ownId: number | null): Promise<number> {
  const living = await ctx.db
    .selectFrom('mshost')
    .innerJoin('server_incarnation', 'server_incarnation.id', 'mshost.incarnation')
    .select(['mshost.id', 'server_incarnation.expires_at'])
    .execute()
  const others = living.filter((row) => row.id !== ownId && row.expires_at > ctx.runtime.now()).map((row) => row.id)
  let moved = 0
  for (let after = 0; ; ) {
    const rows = await ctx.db
      .selectFrom('host')
      .selectAll()
      .where('removed', 'is', null)
      .where('status', 'in', ['Up', 'Connecting', 'Rebalancing'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(batch)
      .execute()
    if (rows.length === 0) return moved
    after = rows.at(-1)?.id ?? after
    const lost = rows.filter((row) => row.mgmt_server_id === null || !others.includes(row.mgmt_server_id))
    if (lost.length === 0) continue
    await transact(ctx, async (tx) => {
      for (const row of lost) {
        if (!hostStatuses.can(row.status, 'ManagementServerDown')) continue
        await moveHostStatus(tx, ctx, row, 'ManagementServerDown', {
          cause: 'server.start',
          evidence: { reason: 'The management server that had its connection has ended' },
          set: { mgmt_server_id: null, disconnected: ctx.runtime.now() },
        })
      }
    })
    moved += lost.length
  }
}
