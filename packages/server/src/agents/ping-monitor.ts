import type { ServerContext } from '../context.ts'
import { hostLost } from '../host/index.ts'
import type { AgentSession, SessionRegistry } from './session.ts'

export type PingMonitor = { readonly stop: () => void; readonly lookNow: () => Promise<void> }

const longestPauseMs = 15_000

/**
 * Looks for agents that are behind on ping, in memory; the database is touched only for those. Also turns Disconnected
 * into Alert for hosts that stay away longer than alert.wait.
 */
export function watchPings(
  ctx: ServerContext,
  sessions: SessionRegistry,
  give: (session: AgentSession, reason: string) => void,
): PingMonitor {
  let stopped = false
  let cancel = (): void => {}

  async function look(): Promise<void> {
    const allowedMs = (await ctx.config.number('ping.interval')) * (await ctx.config.number('ping.timeout')) * 1000
    const now = ctx.runtime.monotonic()
    const behind = [...sessions.byHost.values()].filter((session) => now - session.lastSeen > allowedMs)
    if (behind.length > 0) {
      const ids = behind.map((session) => session.hostId)
      ctx.log.warn({ hosts: ids }, 'Found the following agents behind on ping')
      for (const session of behind) await drop(session, now - session.lastSeen)
    }
    await giveUpWaiting()
  }

  async function drop(session: AgentSession, silentMs: number): Promise<void> {
    const hostId = session.hostId as number
    const row = await ctx.db.selectFrom('host').select('resource_state').where('id', '=', hostId).executeTakeFirst()
    const resting = row?.resource_state === 'Disabled' || row?.resource_state === 'Maintenance'
    const seconds = Math.round(silentMs / 1000)
    const reason = `No ping for ${seconds} s`
    // First the status, then the socket: the close must not look like a loss of its own.
    await hostLost(ctx, hostId, {
      event: resting ? 'ShutdownRequested' : 'PingTimeout',
      cause: 'agent.ping-timeout',
      reason,
      evidence: { silentMs: Math.round(silentMs) },
      lastSeen: ctx.runtime.now() - Math.round(silentMs),
    })
    give(session, reason)
  }

  async function giveUpWaiting(): Promise<void> {
    const waitSeconds = await ctx.config.number('alert.wait')
    const before = ctx.runtime.now() - waitSeconds * 1000
    const rows = await ctx.db
      .selectFrom('host')
      .select('id')
      .where('status', '=', 'Disconnected')
      .where('resource_state', 'not in', ['Disabled', 'Maintenance'])
      .where('removed', 'is', null)
      .where('disconnected', '<', before)
      .execute()
    for (const row of rows) {
      if (sessions.byHost.has(row.id)) continue
      await hostLost(ctx, row.id, {
        event: 'WaitedTooLong',
        cause: 'agent.waited-too-long',
        reason: `Disconnected for more than ${waitSeconds} s (alert.wait)`,
      })
    }
  }

  async function turn(): Promise<void> {
    try {
      await look()
    } catch (error) {
      ctx.log.error({ err: error }, 'the ping monitor failed; it goes on')
    }
    if (stopped) return
    const pauseMs = Math.min(longestPauseMs, (await ctx.config.number('ping.interval').catch(() => 60)) * 250)
    cancel = ctx.runtime.after(Math.max(250, pauseMs), () => void turn())
  }
  void turn()

  return {
    stop() {
      stopped = true
      cancel()
    },
    lookNow: look,
  }
}
