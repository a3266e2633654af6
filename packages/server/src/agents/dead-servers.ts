import { hostStatuses } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row } from '../db/database.ts'
import { transact } from '../db/transaction.ts'
import { awaitAgain, awaitedUntil, moveHostStatus, updateHostColumns } from '../host/index.ts'

const batch = 250

/** This process's row among the management servers; null before it has entered. */
export async function ownServerId(ctx: ServerContext): Promise<number | null> {
  const row = await ctx.db
    .selectFrom('mshost')
    .select('id')
    .where('incarnation', '=', ctx.incarnation)
    .executeTakeFirst()
  return row?.id ?? null
}

/** Other management servers, and whether they live: a server lives while its incarnation has a lease. */
export async function otherServers(
  ctx: ServerContext,
  ownId: number | null,
): Promise<readonly { readonly id: number; readonly lives: boolean }[]> {
  const rows = await ctx.db
    .selectFrom('mshost')
    .leftJoin('server_incarnation', 'server_incarnation.id', 'mshost.incarnation')
    .select(['mshost.id', 'server_incarnation.expires_at'])
    .where('mshost.removed', 'is', null)
    .execute()
  return rows
    .filter((row) => row.id !== ownId)
    .map((row) => ({ id: row.id, lives: row.expires_at !== null && row.expires_at > ctx.runtime.now() }))
}

/**
 * At a server's start no host is connected to it, and none to servers that are dead: those become Disconnected until
 * their agents come back, which operations wait for (`alto.host.return.wait`).
 */
export async function disconnectHostsOfDeadServers(ctx: ServerContext, ownId: number | null): Promise<number> {
  const living = (await otherServers(ctx, ownId)).filter((server) => server.lives).map((server) => server.id)
  // Hosts that were awaited when the last server of all ended are awaited anew.
  if (living.length === 0) await awaitAgain(ctx, await awaitedUntil(ctx))
  return await disconnect(ctx, (row) => row.mgmt_server_id === null || !living.includes(row.mgmt_server_id))
}

/** While this server runs: hosts of servers that died are Disconnected, or this one's where they have come already. */
export async function takeHostsOfDeadServers(ctx: ServerContext): Promise<void> {
  const ownId = await ownServerId(ctx)
  const dead = (await otherServers(ctx, ownId)).filter((server) => !server.lives).map((server) => server.id)
  if (dead.length === 0) return
  const left = await ctx.db
    .selectFrom('host')
    .select('id')
    .where('mgmt_server_id', 'in', dead)
    .where('removed', 'is', null)
    .execute()
  if (left.length === 0) return
  for (const { id } of left) {
    if (ctx.agents.isConnected(id)) await updateHostColumns(ctx.db, id, { mgmt_server_id: ownId })
  }
  await disconnect(ctx, (row) => dead.includes(row.mgmt_server_id ?? 0) && !ctx.agents.isConnected(row.id))
}

/** Answers how many hosts have moved. */
async function disconnect(ctx: ServerContext, isLost: (row: Row<'host'>) => boolean): Promise<number> {
  const until = await awaitedUntil(ctx)
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
    const lost = rows.filter(isLost)
    if (lost.length === 0) continue
    await transact(ctx, async (tx) => {
      for (const row of lost) {
        if (!hostStatuses.can(row.status, 'ManagementServerDown')) continue
        await moveHostStatus(tx, ctx, row, 'ManagementServerDown', {
          cause: 'server.start',
          evidence: { reason: 'The management server that had its connection has ended' },
          set: { mgmt_server_id: null, disconnected: ctx.runtime.now(), awaited_until: until },
        })
      }
    })
    moved += lost.length
  }
}
