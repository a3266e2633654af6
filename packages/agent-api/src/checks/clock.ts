import { defineCheck, fail, ok, unreadable } from './define-check.ts'

const limitMs = 1000

/** How far the host's clock is from ours, ms; half the way there and back is the uncertainty. */
export function clockSkew(hostMs: number, sent: number, answered: number): { skewMs: number; uncertainMs: number } {
  return { skewMs: hostMs - (sent + answered) / 2, uncertainMs: (answered - sent) / 2 }
}

export const clockCheck = defineCheck({
  name: 'clock',
  proves: "The host's clock is within a second of the management server's.",
  code: 'host.clock',
  at: ['join', 'doctor'],
  seenBy: 'host',
  repair: 'clock',
  alone: true,
  timeoutMs: 3000,
  args: () => ['date', '+%s%3N'],
  judge(end, _subject, { sent, answered }) {
    const hostMs = Number(end.stdout.trim())
    if (!Number.isFinite(hostMs) || hostMs === 0) return unreadable(end, 'Run `date +%s%3N` on the host.')
    const { skewMs, uncertainMs } = clockSkew(hostMs, sent, answered)
    const seen = `${Math.abs(skewMs / 1000).toFixed(2)} s ${skewMs < 0 ? 'behind' : 'ahead of'} the management server`
    return Math.abs(skewMs) <= limitMs + uncertainMs ? ok(seen) : fail(seen)
  },
})
