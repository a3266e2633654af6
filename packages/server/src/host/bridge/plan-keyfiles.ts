import { type BridgePlan, type NetworkFacts, NoBridgePlan } from './bridge-plan.ts'

const directory = '/etc/NetworkManager/system-connections'
/** What the NIC's connection says about addresses; the rest describes the NIC. */
const moved = ['ipv4', 'ipv6', 'proxy']

/**
 * NetworkManager's keyfiles: a connection for the bridge with the NIC's addresses, one for the port; the NIC's own no
 * longer starts by itself.
 */
export function planKeyfiles({ nic, mac, mtu, files }: NetworkFacts, bridge: string): BridgePlan {
  const [entry] = Object.entries(files)
  if (entry === undefined) {
    throw new NoBridgePlan(
      `the connection of ${nic} is no file: NetworkManager made it in memory (nmcli connection modify … keeps it)`,
    )
  }
  const [path, text] = entry
  const sections = readKeyfile(text)
  const id = sections
    .get('connection')
    ?.find((line) => line.startsWith('id='))
    ?.slice('id='.length)
  if (id === undefined) throw new NoBridgePlan(`${path} has no connection id`)
  const [own, port] = [`altostack-${bridge}`, `altostack-${bridge}-${nic}`]
  const addresses = moved.flatMap((name) => {
    const lines = sections.get(name)
    return lines === undefined ? [] : [`[${name}]`, ...lines, '']
  })
  const size = mtu === 1500 ? [] : [`mtu=${mtu}`]
  return {
    backend: 'networkmanager',
    bridge,
    nic,
    files: [
      {
        path: `${directory}/${own}.nmconnection`,
        content: [
          ...['[connection]', `id=${own}`, 'type=bridge', `interface-name=${bridge}`, 'autoconnect=true', ''],
          ...['[bridge]', 'stp=false', 'forward-delay=0', `mac-address=${mac.toUpperCase()}`, ''],
          ...(size.length === 0 ? [] : ['[ethernet]', ...size, '']),
          ...addresses,
        ].join('\n'),
        mode: '600',
      },
      {
        path: `${directory}/${port}.nmconnection`,
        content: [
          ...[
            '[connection]',
            `id=${port}`,
            'type=ethernet',
            `interface-name=${nic}`,
            `master=${bridge}`,
            'slave-type=bridge',
          ],
          ...['autoconnect=true', ''],
          ...(size.length === 0 ? [] : ['[ethernet]', ...size, '']),
        ].join('\n'),
        mode: '600',
      },
      { path, content: withoutAutoconnect(text), mode: '600' },
    ],
    apply: ['nmcli connection reload', `nmcli connection up ${quote(own)}`, `nmcli connection up ${quote(port)}`],
    down: [`nmcli connection down ${quote(port)}`, `nmcli connection down ${quote(own)}`, `ip link delete ${bridge}`],
    up: ['nmcli connection reload', `nmcli connection up ${quote(id)}`],
  }
}

/** Sections of a keyfile with their lines, comments left out. */
function readKeyfile(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>()
  let lines: string[] = []
  for (const line of text.split('\n').map((one) => one.trim())) {
    const name = /^\[(.+)\]$/.exec(line)?.[1]
    if (name !== undefined) {
      lines = []
      sections.set(name, lines)
    } else if (line !== '' && !line.startsWith('#')) lines.push(line)
  }
  return sections
}

function withoutAutoconnect(text: string): string {
  const lines = text.split('\n').filter((line) => !/^autoconnect\s*=/.test(line.trim()))
  const at = lines.findIndex((line) => line.trim() === '[connection]')
  lines.splice(at + 1, 0, 'autoconnect=false')
  return lines.join('\n')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
