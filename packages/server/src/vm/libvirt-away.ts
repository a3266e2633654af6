import { AltoError } from '@altostack/core'
import { RetryLater } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'

/** A libvirtd that was killed is started again by systemd, and the agent connects to it: seconds, ms. */
const askAgainMs = 2000

/** Since when each run has found its host's libvirtd gone, monotonic ms. A restart of the server begins anew. */
const since = new WeakMap<ServerContext, Map<string, number>>()

/**
 * Asks a host for something that may be asked again: while its libvirtd is away the step is tried later, for
 * `alto.host.libvirt.wait` seconds; then the host's failure stands.
 */
export async function throughLibvirtRestart<T>(
  ctx: ServerContext,
  s: { readonly runId: string },
  hostId: number,
  ask: () => Promise<T>,
): Promise<T> {
  const table = since.get(ctx) ?? new Map<string, number>()
  since.set(ctx, table)
  try {
    const answer = await ask()
    table.delete(s.runId)
    return answer
  } catch (error) {
    if (!(error instanceof AltoError) || error.code !== 'agent.libvirt-down') {
      table.delete(s.runId)
      throw error
    }
    const first = table.get(s.runId) ?? ctx.runtime.monotonic()
    table.set(s.runId, first)
    const allowedMs = (await ctx.config.number('alto.host.libvirt.wait')) * 1000
    if (ctx.runtime.monotonic() - first < allowedMs) {
      throw new RetryLater(askAgainMs, `host ${hostId}: libvirtd does not answer (${error.seen ?? error.message})`)
    }
    table.delete(s.runId)
    throw error
  }
}
