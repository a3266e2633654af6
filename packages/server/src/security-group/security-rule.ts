import { apiFailure, formatCidr, parseCidr } from '@altostack/core'

/** One rule as asked for, before it is known where it goes: protocol and ports in the form of the table. */
export type RuleRequest = {
  readonly protocol: string
  readonly start: number | null
  readonly end: number | null
  readonly cidrs: readonly string[]
}
type Asked = {
  readonly protocol?: string | undefined
  readonly startport?: number | undefined
  readonly endport?: number | undefined
  readonly icmptype?: number | undefined
  readonly icmpcode?: number | undefined
  readonly cidrlist?: readonly string[] | undefined
}

/** Checks the parameters of a rule against each other. Throws 431 naming the wrong one. */
export function ruleRequest(asked: Asked): RuleRequest {
  const protocol = protocolOf(asked.protocol ?? 'tcp')
  const cidrs = [...new Set((asked.cidrlist ?? []).map(requireCidr))]
  if (protocol === 'tcp' || protocol === 'udp') {
    const { startport: start, endport: end = start } = asked
    if (start === undefined || end === undefined) {
      throw apiFailure('api.parameter', `startport is needed for ${protocol}`, { fix: 'Send startport and endport.' })
    }
    if (start > end) throw apiFailure('api.parameter', `startport ${start} lies behind endport ${end}`)
    refuse(asked, ['icmptype', 'icmpcode'], protocol)
    return { protocol, start, end, cidrs }
  }
  refuse(asked, ['startport', 'endport'], protocol)
  if (protocol !== 'icmp') {
    refuse(asked, ['icmptype', 'icmpcode'], protocol)
    return { protocol, start: null, end: null, cidrs }
  }
  const { icmptype: type = -1, icmpcode: code = -1 } = asked
  if (type === -1 && code !== -1) throw apiFailure('api.parameter', 'icmpcode needs an icmptype')
  return { protocol, start: type, end: code, cidrs }
}

/** Protocols without ports that clients name; rules keep the name, hosts are told the number. */
export const protocolNumbers: Readonly<Record<string, number>> = { gre: 47, esp: 50, ah: 51 }

function protocolOf(text: string): string {
  const name = text.trim().toLowerCase()
  if (['tcp', 'udp', 'icmp', 'all'].includes(name) || Object.hasOwn(protocolNumbers, name)) return name
  const number = Number(name)
  const names: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp' }
  if (/^\d{1,3}$/.test(name) && number <= 255) return names[number] ?? String(number)
  throw apiFailure(
    'api.parameter',
    `protocol is neither TCP, UDP, ICMP, ALL, GRE, ESP, AH nor a number up to 255: ${text}`,
    {
      seen: text,
    },
  )
}

function refuse(asked: Asked, names: readonly (keyof Asked)[], protocol: string): void {
  for (const name of names) {
    if (asked[name] === undefined || asked[name] === -1) continue
    throw apiFailure('api.parameter', `${name} does not go with protocol ${protocol}`)
  }
}

function requireCidr(text: string): string {
  if (text.includes(':')) {
    throw apiFailure('api.parameter', `cidrlist: no IPv6 in this version: ${text}`, {
      seen: text,
      fix: 'IPv6 of guests with security groups is dropped; name IPv4 networks.',
    })
  }
  const network = parseCidr(text.trim())
  if (network === undefined) {
    throw apiFailure('api.parameter', `cidrlist: ${text} is not a network in CIDR form`, {
      seen: text,
      fix: 'Write it as 10.0.0.0/8, one address as 192.0.2.7/32.',
    })
  }
  return formatCidr(network)
}
