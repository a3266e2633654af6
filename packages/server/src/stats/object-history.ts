import { apiFailure } from '@altostack/core'
import type { Caller } from '../command/caller.ts'
import { isRootAdmin } from '../command/caller.ts'
import type { OwnershipScope } from '../command/handler.ts'

const weekMs = 7 * 86_400_000

/** Everything that a caller may see: lists of histories have no `listall`. */
export function widestScope(caller: Caller): OwnershipScope {
  if (isRootAdmin(caller)) return { kind: 'all' }
  if (caller.roleType === 'User') return { kind: 'account', accountId: caller.accountId }
  return { kind: 'domain', domainId: caller.domainId, path: caller.domainPath, recursive: true }
}

/** From when to when, ms; throws 431 where the end comes first. */
export function historyRange(
  input: { readonly startdate?: number | undefined; readonly enddate?: number | undefined },
  now: number,
  presetMs: number = weekMs,
): { readonly from: number; readonly to: number } {
  const to = input.enddate ?? now
  const from = input.startdate ?? to - presetMs
  if (from > to) {
    throw apiFailure('api.parameter', 'startdate is after enddate', {
      seen: `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`,
    })
  }
  // Before a week and a day nothing is kept; the end may lie in the future.
  return { from: Math.max(from, now - weekMs - 86_400_000), to: Math.min(to, now + 1) }
}
