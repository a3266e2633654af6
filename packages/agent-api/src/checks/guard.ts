import { defineCheck, ok, shell, warn } from './define-check.ts'

/** What only management servers and cluster peers may open on a host. */
export const guardedPorts: readonly { readonly ports: string; readonly what: string }[] = [
  { ports: '5900-6100', what: 'consoles (VNC)' },
  { ports: '8250', what: 'agent port, where this host is no management server' },
  { ports: '16514', what: 'libvirt by TLS' },
  { ports: '49152-49215', what: 'memory and disks of migrations' },
]

/** Name of the host's own table: several installations on one machine have one each. */
export function guardTable(hostUuid: string): string {
  return `altostack_guard_${hostUuid.replaceAll('-', '').slice(0, 8)}`
}

/** UDP port that VXLAN frames come in by: whoever reaches it can put frames into guests' networks. */
const vxlanPort = 8472

/** Who may reach a host's guarded ports. */
export type GuardAddresses = {
  /** Management servers and hosts of the pod. */
  readonly friends: readonly string[]
  /** Hosts of the zone that VXLAN frames come from, beside the friends. */
  readonly peers?: readonly string[]
  /** A management server runs here: 8250 stays open. */
  readonly isServer: boolean
}

/**
 * Rules that refuse new TCP connections of strangers to the guarded ports, and VXLAN frames of strangers. Stateless: only
 * opening packets are judged, so that answers to the host's own connections from these port numbers pass. Nothing else is
 * touched: names, time, ping and neighbour discovery pass.
 */
export function guardRules(hostUuid: string, { friends, peers = [], isServer }: GuardAddresses): string {
  const table = guardTable(hostUuid)
  const set = (name: string, addresses: readonly string[], six: boolean): string => {
    const own = [...new Set(addresses)].filter((one) => one.includes(':') === six).toSorted()
    const elements = own.length === 0 ? '' : `    elements = { ${own.join(', ')} }\n`
    return `  set ${name}${six ? 6 : 4} {\n    type ipv${six ? 6 : 4}_addr\n${elements}  }\n`
  }
  const sets = [false, true].map((six) => set('friends', friends, six) + set('peers', peers, six)).join('')
  const ports = guardedPorts.map((one) => one.ports).filter((one) => !(isServer && one === '8250'))
  return `table inet ${table}
delete table inet ${table}
table inet ${table} {
${sets}  chain input {
    type filter hook input priority -10; policy accept;
    iifname "lo" accept
    udp dport ${vxlanPort} jump vxlan
    meta l4proto != tcp accept
    tcp flags & (fin | syn | rst | ack) != syn accept
    tcp dport != { ${ports.join(', ')} } accept
    ip saddr @friends4 accept
    ip6 saddr @friends6 accept
    counter drop
  }
  chain vxlan {
    ip saddr @friends4 accept
    ip saddr @peers4 accept
    ip6 saddr @friends6 accept
    ip6 saddr @peers6 accept
    counter drop
  }
}
`
}

/** Removes the table; it need not be there. */
export function unguardRules(hostUuid: string): string {
  const table = guardTable(hostUuid)
  return `table inet ${table}\ndelete table inet ${table}\n`
}

const script = 'PATH=$PATH:/usr/sbin:/sbin; nft list table inet "$1" 2>&1; true'

export const guardCheck = defineCheck({
  name: 'guard',
  proves:
    'Consoles, libvirt and migrations are open to management servers and cluster peers only, VXLAN to hosts of the zone.',
  code: 'check.guard',
  at: ['doctor'],
  seenBy: 'host',
  repair: 'guard',
  args: ({ joined, hostUuid }) => (joined && hostUuid !== undefined ? shell(script, guardTable(hostUuid)) : undefined),
  judge(end, { guard, guardPeers = [] }) {
    const there = end.stdout.includes('chain input')
    if (guard === undefined) {
      return there
        ? warn('the table is there although the host is not hardened', 'alto host harden HOST --undo removes it.')
        : ok('not hardened: `alto host harden HOST` closes 16514, 5900-6100, 49152-49215 and VXLAN to strangers')
    }
    if (!there) return warn('the nftables table is gone: the ports are open to everybody')
    const listed = new Set(
      [...end.stdout.matchAll(/(?:\d+\.){3}\d+|[0-9a-f]*:[0-9a-f:]+[0-9a-f]/g)].map(([one]) => one),
    )
    const missing = guard.filter((address) => !listed.has(address))
    const unheard = guardPeers.filter((address) => !listed.has(address))
    if (missing.length > 0) return warn(`the table lacks ${missing.join(', ')}: migrations from there are refused`)
    if (unheard.length > 0) return warn(`the table lacks ${unheard.join(', ')}: VXLAN frames from there are dropped`)
    return ok(`open to ${guard.length} addresses`)
  },
})
