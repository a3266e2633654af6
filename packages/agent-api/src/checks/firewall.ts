import { defineCheck, fail, ok, shell, type Verdict, warn, worst } from './define-check.ts'

const cut = '----8<----'
const script = [
  'PATH=$PATH:/usr/sbin:/sbin',
  'for unit in firewalld ufw; do echo "$unit $(systemctl is-active "$unit" 2>/dev/null)"; done',
  'grep -s "^ENABLED=" /etc/ufw/ufw.conf',
  `echo '${cut}'; nft -j list ruleset 2>&1`,
].join('\n')

type Range = readonly [first: number, last: number]
type Need = {
  readonly ports: Range
  readonly what: string
  /** From which side of the host the first packet comes. */
  readonly opened: 'out' | 'in'
}

/** Connections that a host must be able to make and to take. */
export function neededConnections(agentPort: number): readonly Need[] {
  return [
    { ports: [agentPort, agentPort], what: 'management server', opened: 'out' },
    { ports: [16514, 16514], what: 'libvirt of peers', opened: 'in' },
    { ports: [16514, 16514], what: 'libvirt of peers', opened: 'out' },
    { ports: [49152, 49215], what: 'migration', opened: 'in' },
    { ports: [49152, 49215], what: 'migration', opened: 'out' },
  ]
}

export type BlockingRule = {
  readonly where: string
  readonly verdict: string
  /** It has conditions that are not judged here: sources, interfaces, marks, limits. */
  readonly conditional: boolean
  readonly what: string
  readonly ports: string
}

/**
 * Rules of other tables that drop or reject what a host needs, by nft's own JSON. Rules with conditions that cannot be
 * judged here (sources, interfaces, marks) count when they name one of the ports.
 */
export function blockingRules(ruleset: unknown, agentPort: number): BlockingRule[] {
  const items = ((ruleset as { nftables?: unknown[] }).nftables ?? []) as Record<string, never>[]
  const hooks = new Map<string, { hook: string; policy: string }>()
  for (const { chain } of items as { chain?: Record<string, string> }[]) {
    if (chain?.hook === undefined) continue
    hooks.set(chainKey(chain), { hook: chain.hook, policy: chain.policy ?? 'accept' })
  }
  const found: BlockingRule[] = []
  const accepts = new Map<string, Range[]>()
  for (const { rule } of items as { rule?: RawRule }[]) {
    if (rule === undefined || isOurs(rule.table)) continue
    const hook = hooks.get(chainKey(rule))?.hook
    const verdict = verdictOf(rule.expr)
    if (verdict === undefined) continue
    const { dport, sport } = portsOf(rule.expr)
    if (verdict === 'accept') {
      accepts.set(chainKey(rule), [...(accepts.get(chainKey(rule)) ?? []), ...dport])
      continue
    }
    for (const need of neededConnections(agentPort)) {
      // A packet of the connection goes each way: towards the port, and back from it.
      const outward = need.opened === 'out' ? dport : sport
      const inward = need.opened === 'out' ? sport : dport
      const sides =
        hook === 'output' ? [outward] : hook === 'input' ? [inward] : hook === undefined ? [dport, sport] : []
      if (!sides.some((ranges) => ranges.some((range) => overlaps(range, need.ports)))) continue
      const where = `${rule.family} ${rule.table} ${rule.chain} handle ${rule.handle}`
      if (found.some((one) => one.where === where)) continue
      found.push({
        where,
        verdict,
        conditional: isConditional(rule.expr),
        what: need.what,
        ports: need.ports[0] === need.ports[1] ? String(need.ports[0]) : need.ports.join('-'),
      })
    }
  }
  for (const { chain } of items as { chain?: Record<string, string> }[]) {
    if (chain?.policy !== 'drop' || (chain.hook !== 'input' && chain.hook !== 'output') || isOurs(chain.table ?? ''))
      continue
    const open = accepts.get(chainKey(chain)) ?? []
    // A chain that opens no port by name may open all by other words (states, jumps): not to be judged from here.
    if (open.length === 0) continue
    const side = chain.hook === 'input' ? 'in' : 'out'
    const shut = neededConnections(agentPort).find(
      (need) => need.opened === side && !open.some((range) => overlaps(range, need.ports)),
    )
    if (shut === undefined) continue
    found.push({
      where: `${chain.family} ${chain.table} ${chain.name}`,
      verdict: 'policy drop',
      conditional: false,
      what: shut.what,
      ports: shut.ports[0] === shut.ports[1] ? String(shut.ports[0]) : shut.ports.join('-'),
    })
  }
  return found
}

type RawRule = {
  family: string
  table: string
  chain: string
  handle: number
  expr: readonly Record<string, unknown>[]
}

function chainKey(of: { family?: string; table?: string; chain?: string; name?: string }): string {
  return `${of.family} ${of.table} ${of.chain ?? of.name}`
}

function isOurs(table: string): boolean {
  return table.startsWith('altostack_') || /^alto_[0-9a-f]+/.test(table)
}

function verdictOf(expr: readonly Record<string, unknown>[]): string | undefined {
  return ['drop', 'reject', 'accept'].find((word) => expr.some((one) => Object.hasOwn(one, word)))
}

function isConditional(expr: readonly Record<string, unknown>[]): boolean {
  return expr.some((one) => {
    if (Object.hasOwn(one, 'limit') || Object.hasOwn(one, 'xt')) return true
    const left = (one.match as { left?: { payload?: { field?: string }; meta?: { key?: string } } } | undefined)?.left
    if (left === undefined) return false
    return (
      !['dport', 'sport', 'protocol', 'nexthdr'].includes(left.payload?.field ?? '') && left.meta?.key !== 'l4proto'
    )
  })
}

function portsOf(expr: readonly Record<string, unknown>[]): { dport: Range[]; sport: Range[] } {
  const of = (field: string): Range[] =>
    expr.flatMap((one) => {
      const match = one.match as { op?: string; left?: { payload?: { field?: string } }; right?: unknown } | undefined
      if (match?.left?.payload?.field !== field || match.op === '!=') return []
      return rangesOf(match.right)
    })
  return { dport: of('dport'), sport: of('sport') }
}

function rangesOf(right: unknown): Range[] {
  if (typeof right === 'number') return [[right, right]]
  if (Array.isArray(right)) return right.flatMap(rangesOf)
  if (typeof right !== 'object' || right === null) return []
  const { range, set } = right as { range?: [number, number]; set?: unknown[] }
  if (range !== undefined) return [[range[0], range[1]]]
  return set === undefined ? [] : set.flatMap(rangesOf)
}

function overlaps(one: Range, other: Range): boolean {
  return one[0] <= other[1] && other[0] <= one[1]
}

export const firewallCheck = defineCheck({
  name: 'firewall',
  proves: 'No rule of another table blocks 8250, 16514 or the ports of migration.',
  code: 'check.firewall',
  at: ['join', 'doctor'],
  seenBy: 'host',
  args: () => shell(script),
  judge(end, { servers }) {
    const [units = '', json = ''] = end.stdout.split(cut)
    const verdicts: Verdict[] = []
    const running = ['firewalld', 'ufw'].filter((unit) => new RegExp(`^${unit} active$`, 'm').test(units))
    const managers = running.filter((unit) => unit !== 'ufw' || /ENABLED=yes/.test(units))
    if (managers.length > 0) {
      verdicts.push(
        warn(
          `${managers.join(' and ')} rules this host: it is left alone`,
          'Open 16514 and 49152-49215 for the other hosts, 5900-6100 for the management servers, in its own configuration.',
        ),
      )
    }
    const port = servers[0]?.port ?? 8250
    try {
      for (const rule of blockingRules(JSON.parse(json), port)) {
        const told = rule.conditional ? warn : fail
        verdicts.push(
          told(
            `${rule.where} (${rule.verdict}) blocks ${rule.ports}, ${rule.what}${rule.conditional ? ', under its conditions' : ''}`,
            `nft delete rule ${rule.where} (or change the firewall that writes it): TCP ${rule.ports} is needed.`,
          ),
        )
      }
    } catch {
      if (/not found|No such file/.test(json)) return ok('nftables is not installed')
      verdicts.push(warn(`the rules could not be read: ${json.trim().slice(0, 200)}`))
    }
    return worst(verdicts, 'no rule blocks what is needed')
  },
})
