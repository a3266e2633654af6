import type { HostFacts } from '@altostack/agent-api'
import { errorText } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { defaultBridge, kvmLabelOf, physicalNetworksOfZone } from './physical-network.repository.ts'

/** What each host was told last, so that nothing is sent twice. Another server tells its hosts itself. */
const told = new WeakMap<ServerContext['runtime'], Map<number, string>>()

/**
 * Tells the connected hosts of a zone which hosts its VXLANs flood to, where they do so one by one. `always`: a host that
 * has just come and may have forgotten.
 */
export async function tellPeers(ctx: ServerContext, zoneId: number, always?: number): Promise<void> {
  if ((await ctx.config.text('alto.vxlan.mode', { zoneId })) !== 'unicast') return
  const peers = await peersOfZone(ctx.db, zoneId)
  const text = peers.join(',')
  const known = told.get(ctx.runtime) ?? new Map<number, string>()
  told.set(ctx.runtime, known)
  const hosts = await ctx.db
    .selectFrom('host')
    .select(['id', 'name'])
    .where('data_center_id', '=', zoneId)
    .where('removed', 'is', null)
    .execute()
  await Promise.all(
    hosts.map(async ({ id, name }) => {
      if (!ctx.agents.isConnected(id) || (id !== always && known.get(id) === text)) return
      try {
        await ctx.agents.call(id, 'network.peers', { peers })
        known.set(id, text)
      } catch (error) {
        known.delete(id)
        ctx.log.warn({ host: name, err: error }, `the host could not be told its VXLAN peers: ${errorText(error)}`)
      }
    }),
  )
}

/** Addresses that hosts send VXLANs from: those on the bridges of the zone's VXLAN labels, else the host's own. */
export async function peersOfZone(db: Queries, zoneId: number): Promise<string[]> {
  const labels = new Set<string>()
  for (const physical of await physicalNetworksOfZone(db, zoneId)) {
    if (physical.isolation_methods === 'VXLAN')
      labels.add((await kvmLabelOf(db, physical.id, 'Guest')) ?? defaultBridge)
  }
  if (labels.size === 0) return []
  const hosts = await db
    .selectFrom('host')
    .select(['private_ip_address', 'facts'])
    .where('data_center_id', '=', zoneId)
    .where('removed', 'is', null)
    .execute()
  const peers = hosts.flatMap(({ private_ip_address, facts }) => {
    const { interfaces = [] } = (facts === null ? {} : JSON.parse(facts)) as Partial<HostFacts>
    const own = interfaces
      .filter((one) => labels.has(one.name))
      .flatMap((one) => one.addresses.filter((address) => !address.includes(':')).slice(0, 1))
    return own.length > 0 ? own : [private_ip_address]
  })
  return [...new Set(peers)].toSorted()
}
