import { isPrivateIpv4, parseIpv4 } from '@altostack/core'
import { defineCheck, linesOf, ok, shell, warn } from './define-check.ts'

const script = 'ip -o address show dev "$1" scope global 2>/dev/null; true'

/** Whether an address is reachable from anywhere: not private, shared, link-local or loopback. */
export function isPublicAddress(address: string): boolean {
  if (address.includes(':')) return !/^(f[cd]|fe[89ab]|::1$)/i.test(address)
  const value = parseIpv4(address)
  return value !== undefined && !isPrivateIpv4(value) && !/^(127|169\.254)\./.test(address)
}

export const publicAddressCheck = defineCheck({
  name: 'public-address',
  proves: 'The management bridge has no public address.',
  code: 'check.public-address',
  at: ['join', 'doctor'],
  seenBy: 'host',
  args: ({ bridges }) => shell(script, bridges[0] ?? ''),
  judge(end, { bridges }) {
    const all = linesOf(end).flatMap((line) => (/\sinet6? ([0-9a-f.:]+)\//.exec(line) ?? []).slice(1))
    const bad = all.filter(isPublicAddress)
    if (bad.length === 0) return ok(all.length === 0 ? `${bridges[0]} has no address` : all.join(', '))
    return warn(`${bridges[0]} has the public address ${bad.join(', ')}`)
  },
})
