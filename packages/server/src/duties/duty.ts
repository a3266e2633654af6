import { errorText } from '@altostack/core'
import type { ServerContext } from '../context.ts'

/** Work that is done now and then: pruning, looking for what has expired. Repeatable, short, harmless on two servers at once. */
export type Duty = {
  readonly name: string
  /** Pause between the end of one turn and the next, ms; read again at each turn. */
  readonly pauseMs: (ctx: ServerContext) => Promise<number>
  /** `signal`: the server stops; a turn that waits looks at it. */
  readonly run: (ctx: ServerContext, signal?: AbortSignal) => Promise<void>
}

/** Starts the duties; the first turn of each comes after its pause. The answer stops them and waits for those at work. */
export function startDuties(ctx: ServerContext, duties: readonly Duty[]): () => Promise<void> {
  const stop = new AbortController()
  const loops = duties.map(async (duty) => {
    while (!stop.signal.aborted) {
      try {
        // Servers that started together do not do the same at the same time.
        const pause = (await duty.pauseMs(ctx)) * (0.9 + 0.2 * ctx.runtime.random())
        await ctx.runtime.sleep(Math.max(100, pause), stop.signal)
        await duty.run(ctx, stop.signal)
      } catch (error) {
        if (stop.signal.aborted) return
        ctx.log.warn({ duty: duty.name, err: error }, `duty failed: ${errorText(error)}`)
        await ctx.runtime.sleep(10_000, stop.signal).catch(() => undefined)
      }
    }
  })
  return async () => {
    stop.abort()
    await Promise.all(loops)
  }
}
