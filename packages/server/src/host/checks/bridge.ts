import { failed, type HostCheck, passed } from './host-check.ts'

/** Lists the bridges that the host has, one a line. */
const script = 'for one in /sys/class/net/*/bridge; do test -d "$one" && basename "$(dirname "$one")"; done; true'

export const bridgeCheck: HostCheck = {
  name: 'bridge',
  args: () => ['sh', '-c', script],
  judge(end, { bridge }) {
    const there = end.stdout.split('\n').filter((line) => line !== '')
    if (there.includes(bridge)) return passed('bridge', `${bridge} exists`)
    const seen = `no bridge ${bridge}; the host has ${there.length === 0 ? 'no bridge' : there.join(', ')}`
    const fix = `Create ${bridge} and make it persistent (/etc/network/interfaces: iface ${bridge} with bridge_ports), or set the traffic label of the zone's physical network.`
    return failed('bridge', 'check.bridge', seen, fix)
  },
}
