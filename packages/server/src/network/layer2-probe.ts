import { alertTypes, raiseAlert } from '../alert/index.ts'
import type { ServerContext } from '../context.ts'
import type { Row } from '../db/database.ts'
import { transact } from '../db/transaction.ts'
import { checkedSince, clustersShareNetwork, hostsToAsk, saveLink, unseenClusters } from './layer2-link.repository.ts'
import { defaultBridge, kvmLabel } from './physical-network.repository.ts'

/** Long enough for the asking host to connect and for three questions. */
const stayMs = 15_000

/** The station of a host: the same at each look, and no other host's of up to sixteen million. */
export function stationOf(hostId: number): { readonly address: string; readonly mac: string } {
  const low = hostId % 65_024
  const hex = (shift: number): string => ((hostId >> shift) & 255).toString(16).padStart(2, '0')
  return { address: `169.254.${(low >> 8) + 1}.${low & 255}`, mac: `02:a1:70:${hex(16)}:${hex(8)}:${hex(0)}` }
}

/**
 * Looks from a host whether one of its own cluster, and one of each other of its pod that was not looked at lately, is on
 * the same layer 2 network, on the bridge of guests, and saves what was seen. A host that cannot be asked leaves what is known.
 */
export async function probeLayer2(ctx: ServerContext, hostId: number): Promise<void> {
  const host = await ctx.db.selectFrom('host').selectAll().where('id', '=', hostId).executeTakeFirst()
  if (host === undefined || host.cluster_id === null) return
  const clusterId = host.cluster_id
  if (await knownLately(ctx, host)) return
  const bridge = (await kvmLabel(ctx.db, host.data_center_id, 'Guest')) ?? defaultBridge
  // A host that hears one of its own cluster hears whom that cluster was seen to hear.
  const place = { podId: host.pod_id, clusterId, bridge }
  const unseen = await unseenClusters(ctx.db, place, ctx.runtime.now() - lateMs)
  const others = new Map<number, { readonly id: number; readonly name: string }>()
  for (const asked of new Set([clusterId, ...unseen])) {
    const other = (await hostsToAsk(ctx.db, asked, hostId)).find(({ id }) => ctx.agents.isConnected(id))
    if (other !== undefined) others.set(asked, other)
  }
  const standing: { readonly clusterId: number; readonly id: number; readonly name: string }[] = []
  for (const [otherCluster, other] of others) {
    try {
      await ctx.agents.call(other.id, 'network.probe', { bridge, station: stationOf(other.id), stayMs, ask: [] })
      standing.push({ clusterId: otherCluster, ...other })
    } catch (error) {
      ctx.log.info({ host: other.name, err: error }, 'the host could not stand for a layer 2 probe')
    }
  }
  if (standing.length === 0) return
  const { answers } = await ctx.agents.call(hostId, 'network.probe', {
    // It may stand for another host's question meanwhile, as where several hosts come Up at once: it stays as long.
    ...{ bridge, station: stationOf(hostId), stayMs },
    ask: standing.map((other) => stationOf(other.id)),
  })
  for (const other of standing) {
    const answer = answers.find(({ address }) => address === stationOf(other.id).address)
    if (answer === undefined) continue
    const known = await clustersShareNetwork(ctx.db, clusterId, other.clusterId, bridge)
    // Hundreds of new hosts see the same within minutes.
    if (known?.shared === answer.shared && ctx.runtime.now() - known.checked < newMs) continue
    await transact(ctx, async (tx) => {
      const before = await saveLink(tx, {
        pod_id: host.pod_id,
        clusters: [clusterId, other.clusterId],
        bridge,
        shared: answer.shared ? 1 : 0,
        from_host_id: hostId,
        to_host_id: other.id,
        seen: `${host.name} asked ${other.name} on ${bridge}: ${answer.seen}`,
        checked: ctx.runtime.now(),
      })
      // Two clusters may well be apart; hosts of one may not: their guests move between them.
      if (answer.shared || other.clusterId !== clusterId || before?.shared === 0) return
      await raiseAlert(tx, ctx, {
        type: alertTypes.host,
        subject: `Hosts ${host.name} and ${other.name} of one cluster are on different layer 2 networks`,
        content: `${host.name} asked for ${other.name} on ${bridge}: ${answer.seen}. Look at the ports of the bridge and the VLAN of the switch ports: guests that move between them lose their network.`,
        zoneId: host.data_center_id,
        podId: host.pod_id,
        clusterId,
      })
    })
  }
}

const newMs = 10 * 60_000
const lateMs = 60 * 60_000

/** A host that only comes back asks nothing that was asked within the hour: a whole zone may come back at once. */
async function knownLately(ctx: ServerContext, host: Row<'host'>): Promise<boolean> {
  const now = ctx.runtime.now()
  if (now - host.created < newMs || host.cluster_id === null) return false
  return await checkedSince(ctx.db, host.cluster_id, now - lateMs)
}
