import { errorText, type Runtime } from '@altostack/core'
import type { HostListener } from '../agents/host-listener.ts'
import type { ServerContext } from '../context.ts'
import { probeLayer2 } from './layer2-probe.ts'

/** So many hosts are looked at together. */
const together = 8
/** Thousands may come at once: looking begins when none has come for so long, or the first waits for minutes. */
const quietMs = 1000
const longestMs = 300_000
type Waiting = { readonly hosts: Set<number>; last: number; busy: boolean }
const waiting = new WeakMap<Runtime, Waiting>()

/** A host that is Up is looked at beside its work: nothing waits for the answer. */
export const layer2ProbeListener: HostListener = {
  name: 'layer 2 probe',
  async up(ctx, hostId) {
    const state = waiting.get(ctx.runtime) ?? { hosts: new Set<number>(), last: 0, busy: false }
    waiting.set(ctx.runtime, state)
    state.hosts.add(hostId)
    state.last = ctx.runtime.monotonic()
    if (!state.busy) begin(ctx, state)
  },
}

function begin(ctx: ServerContext, state: Waiting): void {
  state.busy = true
  later(ctx, state, ctx.runtime.monotonic() + longestMs)
}

function later(ctx: ServerContext, state: Waiting, latest: number): void {
  ctx.runtime.after(quietMs, () => {
    const now = ctx.runtime.monotonic()
    if (now - state.last < quietMs && now < latest) return later(ctx, state, latest)
    lookAll(ctx, state).finally(() => {
      state.busy = false
      if (state.hosts.size > 0) begin(ctx, state)
    })
  })
}

async function lookAll(ctx: ServerContext, { hosts }: Waiting): Promise<void> {
  const look = async (): Promise<void> => {
    for (const hostId of hosts) {
      hosts.delete(hostId)
      await probeLayer2(ctx, hostId).catch((error: unknown) =>
        ctx.log.info({ hostId, err: error }, `the layer 2 network of a host is not known: ${errorText(error)}`),
      )
    }
  }
  await Promise.all(Array.from({ length: together }, look))
}
