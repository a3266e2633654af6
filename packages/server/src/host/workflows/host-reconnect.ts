import { AltoError, hostFailure } from '@altostack/core'
import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { requireHostRow } from '../host.repository.ts'
import { hostLost } from '../host-lost.ts'

type ReconnectInput = { readonly hostId: number }
const withinMs = 60_000

/** Ends the connection of a host's agent and waits until it has come back and is Up. */
export const hostReconnectWorkflow = defineWorkflow<ServerContext, ReconnectInput, Database>('host.reconnect')
  .step('drop', {
    retry: { attempts: 1 },
    async do(s) {
      const { ctx, input } = s
      await hostLost(ctx, input.hostId, {
        event: 'ShutdownRequested',
        cause: 'host.reconnect',
        reason: 'An administrator asked the agent to connect anew',
      })
      await ctx.agents.call(input.hostId, 'host.reconnect', {}, { deadlineMs: 2000 }).catch((error) => {
        if (!(error instanceof AltoError)) throw error
      })
      ctx.agents.drop(input.hostId, 'an administrator asked for a reconnect')
    },
  })
  .step('up', {
    deadlineMs: withinMs,
    retry: { attempts: 1 },
    async do(s) {
      await waitUntilUp(s.ctx, s.input.hostId, withinMs, s.signal)
    },
  })
  .build()

/** Resolves when the host is Up; rejects with host.not-up after `timeoutMs`. Woken by the recorder, not by polls. */
export async function waitUntilUp(
  ctx: ServerContext,
  hostId: number,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const ends = ctx.runtime.monotonic() + timeoutMs
  for (;;) {
    signal?.throwIfAborted()
    const left = ends - ctx.runtime.monotonic()
    const next = ctx.feed.next(Math.max(1, Math.min(left, 5000)), signal)
    const { status, name } = await requireHostRow(ctx.db, hostId)
    if (status === 'Up') return
    if (left <= 0) {
      throw hostFailure('host.not-up', `Timeout, to wait for the host connecting to mgt svr: host ${name}`, {
        seen: `after ${Math.round(timeoutMs / 1000)} s it is ${status}`,
      })
    }
    await next
  }
}
