import { errorText } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row } from '../db/database.ts'
import { peersOfZone } from '../network/index.ts'
import { friendsOf, hostDetailNames, serverHosts } from './check-subject.service.ts'
import { hostDetails, hostsOfPod, type PeerRow } from './diagnosis.repository.ts'
import { hardenedHosts } from './guard.repository.ts'

/** What each host was told last, so that nothing is sent twice. Another server tells its hosts itself. */
const told = new WeakMap<ServerContext['runtime'], Map<number, string>>()

/** Tells a host's agent to whom its guarded ports are open; answers the addresses. */
export async function guardHost(ctx: ServerContext, host: Row<'host'>): Promise<string[]> {
  const pod = await hostsOfPod(ctx.db, host.pod_id)
  return await tell(ctx, host, pod, await peersOfZone(ctx.db, host.data_center_id), true)
}

/** Takes the table away again. */
export async function unguardHost(ctx: ServerContext, hostId: number): Promise<void> {
  told.get(ctx.runtime)?.delete(hostId)
  await ctx.agents.call(hostId, 'host.guard', { friends: null, servers: [] })
}

/**
 * Hosts came or went: the hardened ones of their pods learn it, and those of the zone where it has VXLANs. One that is
 * away learns it when it connects. `always`: hosts that have just come and may have forgotten.
 */
export async function refreshGuards(
  ctx: ServerContext,
  podIds?: readonly number[],
  always: ReadonlySet<number> = new Set(),
): Promise<void> {
  const pods = new Map<number, Promise<PeerRow[]>>()
  const zones = new Map<number, Promise<string[]>>()
  const once = <T>(known: Map<number, Promise<T>>, id: number, read: () => Promise<T>): Promise<T> => {
    const found = known.get(id) ?? read()
    known.set(id, found)
    return found
  }
  for (const host of await hardenedHosts(ctx.db)) {
    if (!ctx.agents.isConnected(host.id)) continue
    const peers = await once(zones, host.data_center_id, () => peersOfZone(ctx.db, host.data_center_id))
    if (podIds !== undefined && peers.length === 0 && !podIds.includes(host.pod_id)) continue
    const pod = await once(pods, host.pod_id, () => hostsOfPod(ctx.db, host.pod_id))
    await tell(ctx, host, pod, peers, always.has(host.id)).catch((error: unknown) =>
      ctx.log.warn({ host: host.name, error: errorText(error) }, 'the guard of a host could not be brought up to date'),
    )
  }
}

async function tell(
  ctx: ServerContext,
  host: Row<'host'>,
  pod: readonly PeerRow[],
  peers: readonly string[],
  always: boolean,
): Promise<string[]> {
  const ownAddress = (await hostDetails(ctx.db, host.id)).get(hostDetailNames.serverAddress)
  const friends = await friendsOf(ctx, host, pod, ownAddress)
  const guard = {
    friends,
    servers: await serverHosts(ctx, ownAddress),
    peers: peers.filter((address) => address !== host.private_ip_address),
  }
  const known = told.get(ctx.runtime) ?? new Map<number, string>()
  told.set(ctx.runtime, known)
  const text = JSON.stringify(guard)
  if (!always && known.get(host.id) === text) return friends
  known.delete(host.id)
  await ctx.agents.call(host.id, 'host.guard', guard)
  known.set(host.id, text)
  return friends
}
