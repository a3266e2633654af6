import { type BridgePlan, type NetworkFacts, NoBridgePlan } from './bridge-plan.ts'

type Stanza = {
  readonly head: string
  readonly options: readonly string[]
  readonly first: number
  readonly last: number
}

const starters = /^(iface|auto|allow-\S+|mapping|source|source-directory|no-auto-down|no-scripts)\b/

/**
 * /etc/network/interfaces: the stanzas of the NIC become the bridge's, with their options; the NIC is `manual`. Comments
 * and everything else stay where they are.
 */
export function planIfupdown({ nic, mac, mtu, files }: NetworkFacts, bridge: string): BridgePlan {
  const holding = Object.entries(files).filter(([, text]) => stanzasOf(text.split('\n'), nic).length > 0)
  const [file, ...others] = holding
  if (file === undefined) {
    throw new NoBridgePlan(`no iface stanza of ${nic} in ${Object.keys(files).join(', ') || '/etc/network/interfaces'}`)
  }
  if (others.length > 0) throw new NoBridgePlan(`${nic} has stanzas in ${holding.map(([path]) => path).join(' and ')}`)
  const [path, text] = file
  return {
    backend: 'ifupdown',
    bridge,
    nic,
    files: [{ path, content: rewrite(text, { nic, mac, mtu }, bridge), mode: '644' }],
    apply: [
      `ip address flush dev ${nic}`,
      // What a DHCP client of the NIC holds would be renewed there.
      `pkill -F /run/dhclient.${nic}.pid 2>/dev/null`,
      `ifup --force ${bridge}`,
    ],
    down: [`ifdown --force ${bridge}`, `ip link delete ${bridge}`],
    up: [`ifdown --force ${nic}`, `ifup --force ${nic}`],
  }
}

function rewrite(text: string, { nic, mac, mtu }: Pick<NetworkFacts, 'nic' | 'mac' | 'mtu'>, bridge: string): string {
  const lines = text.split('\n')
  const stanzas = stanzasOf(lines, nic)
  let ported = false
  // From the end, so that line numbers stay true.
  for (const { head, options, first, last } of stanzas.toReversed()) {
    const isFirst = first === stanzas[0]?.first
    const kept = options.filter((line) => !/^\s*(hwaddress|bridge[_-])/.test(line))
    const own = [head.replace(/^(\s*iface\s+)\S+/, `$1${bridge}`), ...kept]
    if (isFirst) {
      own.push(
        ...[`bridge_ports ${nic}`, 'bridge_stp off', 'bridge_fd 0', 'bridge_maxwait 0', `hwaddress ether ${mac}`].map(
          (line) => `    ${line}`,
        ),
      )
      ported = true
    }
    const size = mtu === 1500 ? [] : [`    mtu ${mtu}`]
    const before = isFirst ? [`iface ${nic} inet manual`, ...size, '', `auto ${bridge}`] : []
    lines.splice(first, last - first + 1, ...before, ...own)
  }
  if (!ported) throw new NoBridgePlan(`the stanzas of ${nic} cannot be read`)
  return lines.map((line) => (isStarter(line, nic) ? line.replace(/^allow-hotplug\b/, 'auto') : line)).join('\n')
}

/** `allow-hotplug NIC`: the bridge needs its port at boot, whether or not something is plugged. */
function isStarter(line: string, nic: string): boolean {
  return /^allow-hotplug\b/.test(line) && line.split(/\s+/).includes(nic)
}

function stanzasOf(lines: readonly string[], nic: string): Stanza[] {
  const found: Stanza[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (!new RegExp(`^iface\\s+${literal(nic)}\\s`).test(line)) continue
    let end = at
    while (end + 1 < lines.length && !starters.test(lines[end + 1] ?? '')) end++
    // Blank lines and comments before the next stanza are not this one's.
    while (end > at && /^\s*(#.*)?$/.test(lines[end] ?? '')) end--
    found.push({ head: line, options: lines.slice(at + 1, end + 1), first: at, last: end })
  }
  return found
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
