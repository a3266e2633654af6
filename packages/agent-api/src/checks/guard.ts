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

/**
 * Rules that refuse new connections of strangers to the guarded ports. Stateless: only opening packets are judged, so
 * that answers to the host's own connections from these port numbers pass. `isServer`: 8250 stays open here.
 */
export function guardRules(hostUuid: string, friends: readonly string[], isServer: boolean): string {
  const table = guardTable(hostUuid)
  const v4 = friends.filter((one) => !one.includes(':')).toSorted()
  const v6 = friends.filter((one) => one.includes(':')).toSorted()
  const set = (name: string, type: string, elements: readonly string[]): string =>
    `  set ${name} {\n    type ${type}\n${elements.length === 0 ? '' : `    elements = { ${elements.join(', ')} }\n`}  }\n`
  const ports = guardedPorts.map((one) => one.ports).filter((one) => !(isServer && one === '8250'))
  return `table inet ${table}
delete table inet ${table}
table inet ${table} {
${set('friends4', 'ipv4_addr', v4)}${set('friends6', 'ipv6_addr', v6)}  chain input {
    type filter hook input priority -10; policy accept;
    iifname "lo" accept
    tcp flags & (fin | syn | rst | ack) != syn accept
    tcp dport != { ${ports.join(', ')} } accept
    ip saddr @friends4 accept
    ip6 saddr @friends6 accept
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
  proves: 'Consoles, libvirt and migrations are open to management servers and cluster peers only.',
  code: 'check.guard',
  at: ['doctor'],
  seenBy: 'host',
  repair: 'guard',
  args: ({ joined, hostUuid }) => (joined && hostUuid !== undefined ? shell(script, guardTable(hostUuid)) : undefined),
  judge(end, { guard }) {
    const there = end.stdout.includes('chain input')
    if (guard === undefined) {
      return there
        ? warn('the table is there although the host is not hardened', 'alto host harden HOST --undo removes it.')
        : ok('not hardened: `alto host harden HOST` closes 16514, 5900-6100 and 49152-49215 to strangers')
    }
    if (!there) return warn('the nftables table is gone: the ports are open to everybody')
    const listed = new Set(
      [...end.stdout.matchAll(/(?:\d+\.){3}\d+|[0-9a-f]*:[0-9a-f:]+[0-9a-f]/g)].map(([one]) => one),
    )
    const missing = guard.filter((address) => !listed.has(address))
    if (missing.length > 0) return warn(`the table lacks ${missing.join(', ')}: migrations from there are refused`)
    return ok(`open to ${guard.length} addresses`)
  },
})
