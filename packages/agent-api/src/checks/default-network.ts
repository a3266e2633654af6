import { parseCidr, parseIpv4 } from '@altostack/core'
import { defineCheck, linesOf, ok, shell, warn } from './define-check.ts'

const script = 'ip -4 -o address show 2>/dev/null | grep -E " virbr[0-9]+ "; true'

/** libvirt's own networks (virbr0, 192.168.122.0/24) are reported where they lie on a range of ours; never changed. */
export const defaultNetworkCheck = defineCheck({
  name: 'default-network',
  proves: "libvirt's default network does not lie on a range of pods or guests.",
  code: 'check.default-network',
  at: ['join', 'doctor'],
  seenBy: 'host',
  args: () => shell(script),
  judge(end, { ranges }) {
    const own = linesOf(end).flatMap((line) => {
      const match = /\s(virbr\d+)\s+inet (\S+\/\d+)/.exec(line)
      return match === null ? [] : [{ name: match[1] as string, cidr: match[2] as string }]
    })
    for (const { name, cidr } of own) {
      const network = parseCidr(cidr)
      if (network === undefined) continue
      const hit = ranges.find((range) => {
        const [first, last] = [parseIpv4(range.first), parseIpv4(range.last)]
        return first !== undefined && last !== undefined && first <= network.last && last >= network.first
      })
      if (hit === undefined) continue
      return warn(
        `${name} has ${cidr}, which lies on ${hit.name} (${hit.first} to ${hit.last}): the host answers for addresses of guests`,
        'virsh net-destroy default; virsh net-autostart --disable default (if nothing uses it).',
      )
    }
    return ok(
      own.length === 0 ? 'no network of libvirt is up' : own.map(({ name, cidr }) => `${name} ${cidr}`).join(', '),
    )
  },
})
