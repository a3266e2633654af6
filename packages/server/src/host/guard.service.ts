import { errorText } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row } from '../db/database.ts'
import { friendsOf, hostDetailNames, serverHosts } from './check-subject.service.ts'
import { hostDetails, hostsOfPod } from './diagnosis.repository.ts'
import { hardenedHosts } from './guard.repository.ts'

/** Tells a host's agent to whom its guarded ports are open; answers the addresses. */
export async function guardHost(ctx: ServerContext, host: Row<'host'>): Promise<string[]> {
  const ownAddress = (await hostDetails(ctx.db, host.id)).get(hostDetailNames.serverAddress)
  const friends = await friendsOf(ctx, host, await hostsOfPod(ctx.db, host.pod_id), ownAddress)
  await ctx.agents.call(host.id, 'host.guard', { friends, servers: await serverHosts(ctx, ownAddress) })
  return friends
}

/** Takes the table away again. */
export async function unguardHost(ctx: ServerContext, hostId: number): Promise<void> {
  await ctx.agents.call(hostId, 'host.guard', { friends: null, servers: [] })
}

/** Hosts came or went: the hardened ones of their pods learn it. One that is away learns it when it connects. */
export async function refreshGuards(ctx: ServerContext, podIds?: readonly number[]): Promise<void> {
  for (const host of await hardenedHosts(ctx.db, podIds)) {
    if (!ctx.agents.isConnected(host.id)) continue
    await guardHost(ctx, host).catch((error: unknown) =>
      ctx.log.warn({ host: host.name, error: errorText(error) }, 'the guard of a host could not be brought up to date'),
    )
  }
}
