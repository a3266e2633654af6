import { defineCheck, ok, shell, type Verdict, warn, worst } from './define-check.ts'
import { uplinkPorts } from './uplink.ts'

const script = [
  'PATH=$PATH:/usr/sbin:/sbin',
  'command -v ethtool > /dev/null || { echo missing; exit 0; }',
  'for port in /sys/class/net/$1/brif/*; do test -e "$port" || continue; name=$(basename "$port")',
  'echo "port $name up 1 0"; echo "missed $(cat /sys/class/net/$name/statistics/rx_missed_errors)"',
  'ethtool -g "$name" 2>/dev/null; done; true',
].join('\n')
/** Fewer than this, where the NIC could have more, overruns under the bursts of guests. */
const few = 256

export type Ring = {
  readonly nic: string
  readonly missed: number
  readonly rx: number
  readonly tx: number
  readonly rxMax: number
  readonly txMax: number
}

/** Reads the script: NICs that have rings. */
export function readRings(text: string): Ring[] {
  return text
    .split(/^port /m)
    .slice(1)
    .flatMap((part) => {
      const [nic] = uplinkPorts(`port ${part}`)
      const [maxima = '', current = ''] = part.split('Current hardware settings')
      const value = (from: string, key: string): number =>
        Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(from)?.[1] ?? 0)
      if (nic === undefined || current === '') return []
      const missed = Number(/^missed (\d+)/m.exec(part)?.[1] ?? 0)
      return [
        {
          nic: nic.name,
          missed,
          rx: value(current, 'RX'),
          tx: value(current, 'TX'),
          rxMax: value(maxima, 'RX'),
          txMax: value(maxima, 'TX'),
        },
      ]
    })
}

/** Whether more entries would help. */
export function isShort(ring: Ring): boolean {
  const less = ring.rx < ring.rxMax || ring.tx < ring.txMax
  return (
    less &&
    (ring.missed > 0 ||
      Math.min(ring.rx, few) < Math.min(ring.rxMax, few) ||
      Math.min(ring.tx, few) < Math.min(ring.txMax, few))
  )
}

export const ringBuffersCheck = defineCheck({
  name: 'ring-buffers',
  proves: 'The NICs of the bridge have ring buffers that hold the bursts of guests.',
  code: 'check.ring-buffers',
  at: ['doctor'],
  seenBy: 'host',
  repair: 'ring-buffers',
  args: ({ bridges }) => shell(script, bridges[0] ?? ''),
  judge(end) {
    if (end.stdout.startsWith('missing')) return ok('not looked at: ethtool is not installed')
    return worst(
      readRings(end.stdout).map((ring): Verdict => {
        const seen = `${ring.nic}: rx ${ring.rx} of ${ring.rxMax}, tx ${ring.tx} of ${ring.txMax}, ${ring.missed} packets missed`
        return isShort(ring)
          ? warn(
              seen,
              `ethtool -G ${ring.nic} rx ${ring.rxMax} tx ${ring.txMax}, kept over a boot; \`alto doctor --fix\` does both.`,
            )
          : ok(seen)
      }),
      'no NIC with ring buffers that can be set',
    )
  },
})
