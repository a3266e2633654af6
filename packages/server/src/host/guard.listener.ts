import { errorText, type Runtime } from '@altostack/core'
import type { HostListener } from '../agents/host-listener.ts'
import type { ServerContext } from '../context.ts'
import { hardenedHosts, podsOf } from './guard.repository.ts'
import { refreshGuards } from './guard.service.ts'

/** Hosts that came within this time are told of together: thousands may come at once. */
const gatherMs = 500
/** Telling takes a tenth of the time at most. */
const pauses = 9
type Gathering = { readonly hosts: Set<number>; running: boolean }
const gathering = new WeakMap<Runtime, Gathering>()

/** A host that connects gets its guard anew, and its peers learn its address. */
export const guardListener: HostListener = {
  name: 'guard',
  async up(ctx, hostId) {
    const waiting = gathering.get(ctx.runtime) ?? { hosts: new Set<number>(), running: false }
    gathering.set(ctx.runtime, waiting)
    waiting.hosts.add(hostId)
    if (!waiting.running) later(ctx, waiting, gatherMs)
  },
}

function later(ctx: ServerContext, waiting: Gathering, pauseMs: number): void {
  waiting.running = true
  ctx.runtime.after(pauseMs, () => {
    const hosts = new Set(waiting.hosts)
    waiting.hosts.clear()
    const began = ctx.runtime.monotonic()
    refresh(ctx, hosts)
      .catch((error: unknown) => ctx.log.warn({ error: errorText(error) }, 'guards of hosts'))
      .finally(() => {
        waiting.running = false
        if (waiting.hosts.size > 0) later(ctx, waiting, gatherMs + pauses * (ctx.runtime.monotonic() - began))
      })
  })
}

async function refresh(ctx: ServerContext, hosts: ReadonlySet<number>): Promise<void> {
  if ((await hardenedHosts(ctx.db)).length === 0) return
  const pods = await podsOf(ctx.db, [...hosts])
  if (pods.length > 0) await refreshGuards(ctx, pods, hosts)
}
