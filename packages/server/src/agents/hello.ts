import { type HelloParams, type HelloResult, protocolVersion, statIntervals } from '@altostack/agent-api'
import { agentLinkFailure, hostFailure } from '@altostack/core'
import { alertTypes, raiseAlert } from '../alert/index.ts'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { transact } from '../db/transaction.ts'
import {
  clusterDistributions,
  clusterPeers,
  clusterRefusal,
  factColumns,
  factDetails,
  findHostByUuid,
  isUpgrading,
  moveHostStatus,
  saveHostDetails,
  updateHostColumns,
} from '../host/index.ts'
import type { AgentIdentity } from './session.ts'
import type { SharedCommit } from './shared-commit.ts'

/** The protocol before this one is served too. */
const oldestProtocol = Math.max(1, protocolVersion - 1)

export type Greeting = { readonly host: Row<'host'>; readonly result: HelloResult }

/**
 * Takes an agent's hello: refuses whom it must, saves what changed, moves the host to Connecting. Throws AltoError for a
 * refusal; the caller closes the connection then.
 */
export async function takeHello(
  ctx: ServerContext,
  identity: AgentIdentity,
  hello: HelloParams,
  serverId: number | null,
  servers: readonly string[],
  commit: SharedCommit,
): Promise<Greeting> {
  refuseStrangers(identity, hello)
  const host = await commit((tx) => enter(tx, ctx, identity, hello, serverId))
  if (host === undefined) {
    await alertClone(ctx, identity, hello)
    throw agentLinkFailure('agent.cloned', 'Another machine uses the identity of this host', {
      seen: `machine id ${hello.facts.machineId} from ${identity.remoteAddress}`,
      entities: [{ uuid: hello.hostUuid, description: 'Host' }],
    })
  }
  return {
    host,
    result: {
      hostId: host.id,
      serverIncarnation: ctx.incarnation,
      hostIncarnation: host.incarnation,
      acknowledgedIncarnation: host.acknowledged_incarnation,
      pingIntervalMs: (await ctx.config.number('ping.interval')) * 1000,
      servers: [...servers],
      acknowledge: await endedKeys(ctx, hello.openKeys),
      settings: await statSettings(ctx),
    },
  }
}

/** How often the agent reports what host and guests use. */
async function statSettings(ctx: ServerContext): Promise<Record<string, string>> {
  const names = Object.values(statIntervals)
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await ctx.config.text(name)])))
}

function refuseStrangers(identity: AgentIdentity, hello: HelloParams): void {
  if (hello.protocol < oldestProtocol || hello.protocol > protocolVersion) {
    throw agentLinkFailure('agent.protocol', `The agent speaks protocol ${hello.protocol}`, {
      seen: `protocol ${hello.protocol}, agent ${hello.agentVersion}; this server speaks ${oldestProtocol} to ${protocolVersion}`,
    })
  }
  if (hello.hostUuid !== identity.hostUuid) {
    throw agentLinkFailure('agent.hello-mismatch', 'The agent is not the host that its certificate names', {
      seen: `certificate ${identity.hostUuid}, hello ${hello.hostUuid}`,
    })
  }
}

/** Undefined: the machine is another one than the host's. */
async function enter(
  tx: Tx,
  ctx: ServerContext,
  identity: AgentIdentity,
  hello: HelloParams,
  serverId: number | null,
): Promise<Row<'host'> | undefined> {
  const row = await findHostByUuid(tx, identity.hostUuid)
  if (row === undefined) {
    throw agentLinkFailure('agent.host-unknown', 'The host was removed', {
      entities: [{ uuid: identity.hostUuid, description: 'Host' }],
    })
  }
  if (row.machine_id !== null && row.machine_id !== hello.facts.machineId) return undefined
  if (row.status === 'Creating' || row.status === 'Error') await refuseMisfits(tx, ctx, row, hello)
  const columns = factColumns(hello.facts, hello.agentVersion)
  const changed = row.facts !== columns.facts || row.version !== columns.version ? columns : {}
  if ('facts' in changed) await saveHostDetails(tx, row.id, factDetails(hello.facts))
  // A database that was set back to an older state learns the higher incarnation from the host.
  const raised =
    hello.hostIncarnation > row.incarnation
      ? { incarnation: hello.hostIncarnation, acknowledged_incarnation: hello.hostIncarnation }
      : {}
  const elsewhere = row.status === 'Up' && row.mgmt_server_id !== null && row.mgmt_server_id !== serverId
  if (elsewhere && (await lives(tx, ctx, row.mgmt_server_id))) {
    // Another living server has its primary connection; this one is a second.
    await updateHostColumns(tx, row.id, { ...changed, ...raised })
    return { ...row, ...changed, ...raised }
  }
  return await moveHostStatus(tx, ctx, row, 'AgentConnected', {
    cause: 'agent.hello',
    evidence: { address: identity.remoteAddress, agentVersion: hello.agentVersion, bootId: hello.facts.bootId },
    set: { ...changed, ...raised, mgmt_server_id: serverId, last_ping: ctx.runtime.now() },
  })
}

async function lives(tx: Tx, ctx: ServerContext, serverId: number | null): Promise<boolean> {
  const row = await tx
    .selectFrom('mshost')
    .innerJoin('server_incarnation', 'server_incarnation.id', 'mshost.incarnation')
    .select('server_incarnation.expires_at')
    .where('mshost.id', '=', serverId)
    .executeTakeFirst()
  return row !== undefined && row.expires_at > ctx.runtime.now()
}

/** The rules of a cluster are for hosts that come in, not for those that are in. */
async function refuseMisfits(tx: Tx, ctx: ServerContext, row: Row<'host'>, hello: HelloParams): Promise<void> {
  if (row.cluster_id === null) throw hostFailure('host.place', 'The host belongs to no cluster')
  const cluster = await tx.selectFrom('cluster').selectAll().where('id', '=', row.cluster_id).executeTakeFirstOrThrow()
  const mixedAllowed = await ctx.config.flag('alto.cluster.mixed.hosts.allowed', { clusterId: cluster.id }, tx)
  // What hundreds of hosts said of themselves is read where it counts alone.
  const compared = hello.facts.hypervisor.kind === 'KVM' && !mixedAllowed
  const refusal = clusterRefusal(hello.facts, {
    name: cluster.name,
    hypervisorType: cluster.hypervisor_type,
    arch: cluster.arch,
    distributions: await clusterDistributions(tx, cluster.id, row.id),
    emulationAllowed: await ctx.config.flag('alto.kvm.emulation.allowed', { clusterId: cluster.id }, tx),
    peers: compared ? await clusterPeers(tx, cluster.id, row.id) : [],
    mixedAllowed,
    upgrading: await isUpgrading(ctx, cluster.id, tx),
  })
  if (refusal !== undefined) throw refusal
}

/** Somebody has a second machine with the identity of a host: an administrator must know. */
export async function alertClone(ctx: ServerContext, identity: AgentIdentity, hello: HelloParams): Promise<void> {
  await transact(ctx, async (tx) => {
    const row = await findHostByUuid(tx, identity.hostUuid)
    await raiseAlert(tx, ctx, {
      type: alertTypes.host,
      subject: `A copy of host ${row?.name ?? identity.hostUuid} tried to connect`,
      content: `Machine id ${hello.facts.machineId} (${hello.facts.hostname}) from ${identity.remoteAddress} was refused.`,
      zoneId: row?.data_center_id ?? null,
      podId: row?.pod_id ?? null,
      clusterId: row?.cluster_id ?? null,
    })
  })
}

/** Journal keys whose run has ended: their outcomes are saved, the host may forget them. */
export async function endedKeys(ctx: ServerContext, keys: readonly string[]): Promise<string[]> {
  const runOf = (key: string): string => key.slice(0, Math.max(0, key.indexOf('/')))
  const runIds = [...new Set(keys.map(runOf))].filter((id) => id !== '')
  const live = new Set<string>()
  for (let at = 0; at < runIds.length; at += 500) {
    const rows = await ctx.db
      .selectFrom('workflow_run')
      .select('id')
      .where('id', 'in', runIds.slice(at, at + 500))
      .where('status', 'in', ['running', 'unwinding', 'stuck'])
      .execute()
    for (const row of rows) live.add(row.id)
  }
  return keys.filter((key) => !live.has(runOf(key)))
}
