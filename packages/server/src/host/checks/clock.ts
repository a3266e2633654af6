import { complaint, failed, type HostCheck, passed } from './host-check.ts'

const limitMs = 1000
const fix = 'apt-get install chrony on both machines and wait until `chronyc tracking` says that it is synchronised.'

/** How far the host's clock is from ours, ms; half the way there and back is the uncertainty. */
export function clockSkew(hostMs: number, sent: number, answered: number): { skewMs: number; uncertainMs: number } {
  return { skewMs: hostMs - (sent + answered) / 2, uncertainMs: (answered - sent) / 2 }
}

export const clockCheck: HostCheck = {
  name: 'clock',
  args: () => ['date', '+%s%3N'],
  judge(end, _place, { sent, answered }) {
    const hostMs = Number(end.stdout.trim())
    if (!Number.isFinite(hostMs) || hostMs === 0) return failed('clock', 'host.check-unreadable', complaint(end), fix)
    const { skewMs, uncertainMs } = clockSkew(hostMs, sent, answered)
    const seen = `${Math.abs(skewMs / 1000).toFixed(2)} s ${skewMs < 0 ? 'behind' : 'ahead of'} the management server`
    return Math.abs(skewMs) <= limitMs + uncertainMs ? passed('clock', seen) : failed('clock', 'host.clock', seen, fix)
  },
}
