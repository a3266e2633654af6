import { type CheckSubject, subjectOf } from '@altostack/agent-api'
import type { ServerContext } from '../context.ts'
import type { Row } from '../db/database.ts'
import { peersOfZone } from '../network/index.ts'
import { poolsOfHost } from '../storage/pool.repository.ts'
import { hostPoolRef } from '../storage/pool-ref.ts'
import {
  broadcastsOfZone,
  hostDetails,
  hostsOfPod,
  type PeerRow,
  rangesOfZone,
  refusedCertificates,
  serverAddresses,
} from './diagnosis.repository.ts'
import { clusterDistributions } from './host.repository.ts'
import { bridgeFor } from './host-bridges.ts'

/** Details of a host that say how it is reached and whether it is hardened. */
export const hostDetailNames = {
  sshUser: 'alto.ssh.user',
  sshPort: 'alto.ssh.port',
  serverAddress: 'alto.server.address',
  guard: 'alto.guard',
} as const

/** Version of this server and of the agent that it brings. */
export const ownVersion = '0.1.0'

/** What a machine that shall join a cluster is measured by. `ownAddress`: where it sees this server. */
export async function joinSubject(
  ctx: ServerContext,
  cluster: Row<'cluster'>,
  ownAddress: string,
): Promise<CheckSubject> {
  const bridges = [
    await bridgeFor(ctx, cluster.data_center_id, 'Management'),
    await bridgeFor(ctx, cluster.data_center_id, 'Guest'),
  ]
  return subjectOf({
    clusterName: cluster.name,
    arch: cluster.arch,
    distributions: await clusterDistributions(ctx.db, cluster.id, -1),
    emulationAllowed: await ctx.config.flag('alto.kvm.emulation.allowed', { clusterId: cluster.id }),
    bridges: [...new Set(bridges)],
    servers: await serversFor(ctx, ownAddress),
    peers: peersOf(await hostsOfPod(ctx.db, cluster.pod_id), cluster.id, -1),
    ranges: await rangesFor(ctx, cluster.data_center_id),
  })
}

/** What a host of ours is measured by. */
export async function hostSubject(ctx: ServerContext, host: Row<'host'>): Promise<CheckSubject> {
  const details = await hostDetails(ctx.db, host.id)
  const cluster =
    host.cluster_id === null
      ? undefined
      : await ctx.db.selectFrom('cluster').selectAll().where('id', '=', host.cluster_id).executeTakeFirst()
  const ownAddress = details.get(hostDetailNames.serverAddress)
  const pods = await hostsOfPod(ctx.db, host.pod_id)
  const bridges = [
    await bridgeFor(ctx, host.data_center_id, 'Management'),
    await bridgeFor(ctx, host.data_center_id, 'Guest'),
  ]
  // All that it shall have: what it has lost is asked for above all.
  const pools = await poolsOfHost(ctx.db, host)
  const guarded = details.get(hostDetailNames.guard) === 'true'
  return subjectOf({
    clusterName: cluster?.name ?? '',
    arch: host.arch,
    distributions: host.cluster_id === null ? [] : await clusterDistributions(ctx.db, host.cluster_id, host.id),
    emulationAllowed: await ctx.config.flag(
      'alto.kvm.emulation.allowed',
      host.cluster_id === null ? {} : { clusterId: host.cluster_id },
    ),
    bridges: [...new Set(bridges)],
    servers: await serversFor(ctx, ownAddress),
    joined: true,
    hostUuid: host.uuid,
    address: host.private_ip_address,
    caFingerprint: ctx.agents.trust().caFingerprint,
    refusedCertificates: await refusedCertificates(ctx.db, host.uuid),
    agentVersion: ownVersion,
    peers: peersOf(pods, host.cluster_id, host.id),
    underlayMtu: await underlayMtu(ctx, host.data_center_id),
    pools: pools.map((pool) => ({
      uuid: pool.uuid,
      name: pool.name,
      type: pool.pool_type,
      path: hostPoolRef(pool).path,
      ...(pool.pool_type === 'NetworkFilesystem' ? { server: pool.host_address, export: pool.path } : {}),
    })),
    ranges: await rangesFor(ctx, host.data_center_id),
    ...(guarded
      ? {
          guard: await friendsOf(ctx, host, pods, ownAddress),
          guardPeers: (await peersOfZone(ctx.db, host.data_center_id)).filter((one) => one !== host.private_ip_address),
        }
      : {}),
  })
}

/** Addresses to which a host's guarded ports are open: the management servers, and the hosts of its pod. */
export async function friendsOf(
  ctx: ServerContext,
  host: Row<'host'>,
  pod: readonly PeerRow[],
  ownAddress: string | undefined,
): Promise<string[]> {
  const servers = (await serversFor(ctx, ownAddress)).map((one) => one.host)
  const own = ownAddress === undefined ? [] : [ownAddress]
  const peers = pod
    .filter(({ id }) => id !== host.id)
    .flatMap(({ address, migrationAddress }) => (migrationAddress === null ? [address] : [address, migrationAddress]))
  const all = [...servers, ...own, ...(await serverAddresses(ctx.db)), ...peers]
  return [...new Set(all.filter((address) => /^[0-9.]+$|:/.test(address)))].toSorted()
}

/** Addresses of the management servers as a host reaches them. */
export async function serverHosts(ctx: ServerContext, ownAddress: string | undefined): Promise<string[]> {
  return (await serversFor(ctx, ownAddress)).map(({ host }) => host)
}

async function serversFor(ctx: ServerContext, ownAddress: string | undefined): Promise<CheckSubject['servers']> {
  const trust = ctx.agents.trust()
  const listed = await trust.servers(ownAddress)
  const all = listed.length > 0 || ownAddress === undefined ? listed : [`${ownAddress}:${trust.port}`]
  return all.map((server) => {
    const colon = server.lastIndexOf(':')
    return { host: server.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(server.slice(colon + 1)) }
  })
}

function peersOf(pod: readonly PeerRow[], clusterId: number | null, hostId: number): CheckSubject['peers'] {
  return pod
    .filter((peer) => peer.cluster_id === clusterId && peer.id !== hostId && peer.status === 'Up')
    .map((peer) => {
      const { hypervisor } = JSON.parse(peer.facts ?? '{}') as { hypervisor?: { libvirt?: string; qemu?: string } }
      return {
        name: peer.name,
        address: peer.address,
        libvirt: hypervisor?.libvirt ?? '',
        qemu: hypervisor?.qemu ?? '',
      }
    })
}

async function rangesFor(ctx: ServerContext, zoneId: number): Promise<CheckSubject['ranges']> {
  return (await rangesOfZone(ctx.db, zoneId)).flatMap(({ name, description }) => {
    const [first = '', last = first] = description.split('-').map((part) => part.trim())
    return /^[0-9.]+$/.test(first) ? [{ name, first, last }] : []
  })
}

/** What the hosts' own network must carry: a guest's packet, and 50 bytes round it where a network is VXLAN. */
async function underlayMtu(ctx: ServerContext, zoneId: number): Promise<number> {
  const needs = (await broadcastsOfZone(ctx.db, zoneId)).map(
    ({ broadcast_uri, private_mtu }) =>
      (private_mtu ?? 1500) + (broadcast_uri?.startsWith('vxlan') === true ? vxlanBytes : 0),
  )
  return Math.max(1500, ...needs)
}
const vxlanBytes = 50
