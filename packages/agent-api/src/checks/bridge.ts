import { defineCheck, fail, linesOf, ok, shell } from './define-check.ts'

/** Lists the bridges that the host has, one a line. */
const script = 'for one in /sys/class/net/*/bridge; do test -d "$one" && basename "$(dirname "$one")"; done; true'

export const bridgeCheck = defineCheck({
  name: 'bridge',
  proves: 'The bridges of management and guest traffic exist.',
  code: 'check.bridge',
  at: ['join', 'doctor'],
  seenBy: 'host',
  args: () => shell(script),
  judge(end, { bridges }) {
    const there = linesOf(end)
    const missing = bridges.filter((name) => !there.includes(name))
    if (missing.length === 0) return ok(`${bridges.join(', ')} exists`)
    return fail(
      `no bridge ${missing.join(', ')}; the host has ${there.length === 0 ? 'no bridge' : there.join(', ')}`,
      `Create ${missing[0]} and make it persistent (\`alto host bridge\` does; by hand: /etc/network/interfaces, iface ${missing[0]} with bridge_ports), or set the traffic label of the zone's physical network.`,
    )
  },
})
