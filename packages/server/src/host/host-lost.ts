import type { HostStatusEvent, JsonObject } from '@altostack/core'
import { hostStatuses } from '@altostack/core'
import { alertTypes, raiseAlert } from '../alert/index.ts'
import type { ServerContext } from '../context.ts'
import type { Row } from '../db/database.ts'
import { transact } from '../db/transaction.ts'
import { findHost } from './host.repository.ts'
import { moveHostStatus } from './host.states.ts'

export type Loss = {
  readonly event: Extract<
    HostStatusEvent,
    'PingTimeout' | 'AgentDisconnected' | 'ShutdownRequested' | 'HostDown' | 'WaitedTooLong' | 'ManagementServerDown'
  >
  /** Stable code: `agent.ping-timeout`, `agent.closed`… */
  readonly cause: string
  readonly reason: string
  readonly evidence?: JsonObject
  /** Wall clock of the last message, ms. */
  readonly lastSeen?: number
  /** Only if this server still counts as the one that has the host's connection. */
  readonly serverId?: number | null
}

/**
 * The one door for "a host's connection is gone": moves its status with the evidence and alerts when that is not what
 * somebody asked for. Nothing is done to its guests here; high availability hangs itself in behind this door.
 * Answers the row, or undefined when nothing had to move.
 */
export async function hostLost(ctx: ServerContext, hostId: number, loss: Loss): Promise<Row<'host'> | undefined> {
  return await transact(ctx, async (tx) => {
    const row = await findHost(tx, hostId)
    if (row === undefined || !hostStatuses.can(row.status, loss.event)) return undefined
    if (loss.serverId !== undefined && row.mgmt_server_id !== loss.serverId) return undefined
    const to = hostStatuses.next(row.status as never, loss.event)
    if (to === row.status) return undefined
    const now = ctx.runtime.now()
    const moved = await moveHostStatus(tx, ctx, row, loss.event, {
      cause: loss.cause,
      evidence: { reason: loss.reason, lastSeen: loss.lastSeen, ...loss.evidence },
      set: {
        mgmt_server_id: null,
        disconnected: now,
        last_ping: loss.lastSeen ?? row.last_ping,
        // A link that breaks while a host comes back changes nothing; whoever stops its agent means it.
        ...(loss.event === 'AgentDisconnected' ? {} : { awaited_until: null }),
      },
    })
    if (to === 'Alert' || to === 'Down') {
      await raiseAlert(tx, ctx, {
        type: alertTypes.host,
        subject: `Host ${row.name} (${row.private_ip_address}) is ${to}`,
        content: `${loss.reason}. Look at cloudstack-agent on the host, its network, and port 8250 between them.`,
        zoneId: row.data_center_id,
        podId: row.pod_id,
        clusterId: row.cluster_id,
      })
    }
    return moved
  })
}
