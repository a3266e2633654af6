import { errorText, type Runtime } from '@altostack/core'
import type { HostListener } from '../agents/host-listener.ts'
import type { ServerContext } from '../context.ts'
import { podOf } from './guard.repository.ts'
import { refreshGuards } from './guard.service.ts'

/** Hosts that came within this time are told of together: thousands may come at once. */
const gatherMs = 500
const gathering = new WeakMap<Runtime, Set<number>>()

/** A host that connects gets its guard anew, and its peers learn its address. */
export const guardListener: HostListener = {
  name: 'guard',
  async up(ctx, hostId) {
    const waiting = gathering.get(ctx.runtime)
    if (waiting !== undefined) {
      waiting.add(hostId)
      return
    }
    const hosts = new Set([hostId])
    gathering.set(ctx.runtime, hosts)
    ctx.runtime.after(gatherMs, () => {
      gathering.delete(ctx.runtime)
      refresh(ctx, hosts).catch((error: unknown) => ctx.log.warn({ error: errorText(error) }, 'guards of hosts'))
    })
  },
}

async function refresh(ctx: ServerContext, hosts: ReadonlySet<number>): Promise<void> {
  const pods = new Set<number>()
  for (const id of hosts) {
    const pod = await podOf(ctx.db, id)
    if (pod !== undefined) pods.add(pod)
  }
  if (pods.size > 0) await refreshGuards(ctx, [...pods])
}
