import { apiFailure } from '@altostack/core'
import type { Caller } from '../command/caller.ts'
import { isRootAdmin } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'

export type RequestLimits = {
  /** Counts a request. Throws 429 with the time to wait. Root administrators are not limited. */
  readonly count: (ctx: ServerContext, caller: Caller) => Promise<void>
}

/** Requests an account has sent in its current window, in this server's memory. */
export function createRequestLimits(): RequestLimits {
  const windows = new Map<number, { start: number; used: number }>()
  return {
    count: async (ctx, caller) => {
      if (isRootAdmin(caller) || !(await ctx.config.flag('api.throttling.enabled'))) return
      const intervalMs = (await ctx.config.number('api.throttling.interval')) * 1000
      const max = await ctx.config.number('api.throttling.max')
      const now = ctx.runtime.monotonic()
      const window = windows.get(caller.accountId)
      if (!window || now - window.start >= intervalMs) {
        // Windows that have passed are forgotten together, before they pile up.
        if (windows.size > 10_000) windows.clear()
        windows.set(caller.accountId, { start: now, used: 1 })
        return
      }
      window.used++
      if (window.used <= max) return
      const waitMs = Math.ceil(window.start + intervalMs - now)
      throw apiFailure(
        'api.rate',
        `The account has reached its limit of ${max} requests in ${intervalMs / 1000} s, please retry after ${waitMs} ms`,
      )
    },
  }
}
