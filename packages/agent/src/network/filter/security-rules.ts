import type { SecurityGroup, SecurityRule } from '@altostack/agent-api'

type Direction = 'ingress' | 'egress'

/** Set of a group's members on one network; also the stem of its chains' names. */
export function groupSetName(group: string, network: string): string {
  return `g${group.replaceAll('-', '')}_${network.replaceAll('-', '').slice(0, 16)}`
}

export function permits(group: SecurityGroup, direction: Direction): boolean {
  return group[direction].length > 0
}

/** What a group lets in or out, one accept a rule. The remote side is the source of what enters. */
export function groupRules(group: SecurityGroup, direction: Direction, network: string): string[] {
  const side = direction === 'ingress' ? 'saddr' : 'daddr'
  return [...new Set(group[direction].map((rule) => `${remote(rule, side, network)}${service(rule)} accept`))]
}

function remote(rule: SecurityRule, side: string, network: string): string {
  if (rule.group !== undefined) return `ip ${side} @${groupSetName(rule.group, network)}`
  return rule.cidr === '0.0.0.0/0' ? 'meta protocol ip' : `ip ${side} ${rule.cidr}`
}

function service(rule: SecurityRule): string {
  const { protocol } = rule
  if (protocol === 'all') return ''
  if (typeof protocol === 'number') return ` ip protocol ${protocol}`
  if (protocol === 'icmp') {
    if (rule.icmpType === undefined) return ' ip protocol icmp'
    return ` icmp type ${rule.icmpType}${rule.icmpCode === undefined ? '' : ` icmp code ${rule.icmpCode}`}`
  }
  const { startPort = 0, endPort = 65_535 } = rule
  if (startPort === 0 && endPort === 65_535) return ` ip protocol ${protocol}`
  return ` ${protocol} dport ${startPort === endPort ? startPort : `${startPort}-${endPort}`}`
}
