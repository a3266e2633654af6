import type { HelloParams } from '@altostack/agent-api'
import { agentLinkFailure, errorText } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row } from '../db/database.ts'
import { factCapacity, findHost, moveHostStatus, saveCapacity, updateHostColumns } from '../host/index.ts'
import { supersedeOlder } from './ca/index.ts'
import type { HostListener } from './host-listener.ts'
import type { AgentSession } from './session.ts'
import type { SharedCommit } from './shared-commit.ts'

/**
 * After the hello was answered: fence if the host must acknowledge a new incarnation, hand its domains to the listeners,
 * attach its pools, then Up. Throws when the host may not become Up; the caller drops the connection and it tries again.
 */
export async function welcome(
  ctx: ServerContext,
  session: AgentSession,
  greeted: Row<'host'>,
  hello: HelloParams,
  listeners: readonly HostListener[],
  commit: SharedCommit,
): Promise<void> {
  await supersedeOlder(ctx.db, session.identity.hostUuid, session.identity.certificateId, ctx.runtime.now())
  const host = await fenceIfNeeded(ctx, session, greeted, hello)
  for (const listener of listeners) {
    try {
      await listener.domains?.(ctx, host.id, hello.domains, 'hello')
    } catch (error) {
      ctx.log.error({ host: host.name, listener: listener.name, err: error }, 'a listener failed on a host report')
    }
  }
  const arrived = {
    id: host.id,
    uuid: host.uuid,
    incarnation: host.incarnation,
    row: host,
    protectedDigest: hello.protectedDigest,
    hasGuests: hello.domains.length > 0,
  }
  for (const listener of listeners) await listener.arrive?.(ctx, arrived)
  if (session.closed) return
  await commit(async (tx) => {
    const row = await findHost(tx, host.id)
    if (row === undefined) return
    await saveCapacity(tx, row.id, factCapacity(hello.facts))
    if (row.status !== 'Connecting') return
    await moveHostStatus(tx, ctx, row, 'Ready', {
      cause: 'agent.ready',
      evidence: { address: session.identity.remoteAddress },
      set: { disconnected: null, awaited_until: null },
    })
  })
}

/** A host that was given up must end its old guests before it counts again. */
async function fenceIfNeeded(
  ctx: ServerContext,
  session: AgentSession,
  host: Row<'host'>,
  hello: HelloParams,
): Promise<Row<'host'>> {
  const fresh = hello.hostIncarnation === 0
  const behind = fresh ? host.acknowledged_incarnation < host.incarnation : hello.hostIncarnation < host.incarnation
  if (!behind) {
    if (host.acknowledged_incarnation === host.incarnation) return host
    // It had acknowledged, and the server went away before it could save that.
    await updateHostColumns(ctx.db, host.id, { acknowledged_incarnation: host.incarnation })
    return { ...host, acknowledged_incarnation: host.incarnation }
  }
  const keep = await guestsToKeep(ctx, host.id)
  try {
    const { ended } = await session.peer.call('host.fence', { hostIncarnation: host.incarnation, keep })
    ctx.log.warn({ host: host.name, incarnation: host.incarnation, ended }, 'a fenced host has ended its old guests')
  } catch (error) {
    throw agentLinkFailure('agent.fence-failed', `Host ${host.name} was fenced and has not ended its guests`, {
      seen: errorText(error),
      cause: error,
    })
  }
  await updateHostColumns(ctx.db, host.id, { acknowledged_incarnation: host.incarnation })
  return { ...host, acknowledged_incarnation: host.incarnation }
}

async function guestsToKeep(
  ctx: ServerContext,
  hostId: number,
): Promise<{ instanceName: string; uuid: string; generation: number }[]> {
  const rows = await ctx.db
    .selectFrom('vm_instance')
    .select(['instance_name', 'uuid', 'generation'])
    .where('host_id', '=', hostId)
    .where('removed', 'is', null)
    .where('state', 'in', ['Running', 'Stopping', 'Migrating', 'Starting'])
    .execute()
  return rows
    .filter((row) => row.generation > 0)
    .map((row) => ({ instanceName: row.instance_name, uuid: row.uuid, generation: row.generation }))
}
