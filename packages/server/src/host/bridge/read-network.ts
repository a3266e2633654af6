import { hostFailure } from '@altostack/core'
import type { RootExec } from '../remote-root.ts'
import type { NetworkBackend, NetworkFacts } from './bridge-plan.ts'

export type NicFacts = {
  readonly exists: boolean
  readonly isBridgePortOf: string | undefined
  readonly wireless: boolean
  readonly addresses: readonly string[]
  /** Bridges that exist. */
  readonly bridges: readonly string[]
}
export type ReadNetwork = {
  readonly nic: NicFacts
  readonly facts: NetworkFacts | undefined
  readonly backendSeen: string
}

const cut = '----8<----'
/** One look: the NIC, the bridges, and whose configuration it is with its files. Fixed text; the NIC is an argument. */
const script = [
  'PATH=$PATH:/usr/sbin:/sbin; nic=$1; at=/sys/class/net/$nic',
  'test -e "$at" && echo exists; test -e "$at/brport" && echo "port $(basename "$(readlink "$at/master")")"',
  'test -e "$at/wireless" && echo wireless',
  'echo "mac $(cat "$at/address" 2>/dev/null)"; echo "mtu $(cat "$at/mtu" 2>/dev/null)"',
  'ip -o address show dev "$nic" scope global 2>/dev/null | awk \'{ print "address", $4 }\'',
  'for one in /sys/class/net/*/bridge; do test -d "$one" && echo "bridge $(basename "$(dirname "$one")")"; done',
  // In the order in which they shadow each other: netplan writes for the other two, NetworkManager and networkd say themselves.
  `show() { for file in "$@"; do test -f "$file" && { echo '${cut}'; echo "$file"; cat "$file"; }; done; }`,
  'if command -v netplan > /dev/null && grep -qs . /etc/netplan/*.yaml; then echo "backend netplan"; show /etc/netplan/*.yaml',
  'elif nmcli -t -f GENERAL.STATE device show "$nic" 2>/dev/null | grep -q "^GENERAL.STATE:100"; then echo "backend networkmanager"',
  '  show "$(nmcli -t -f NAME,DEVICE,FILENAME connection show --active 2>/dev/null | awk -F: -v nic="$nic" \'$2 == nic { print $3 }\' | head -n 1)"',
  'elif systemctl is-active -q systemd-networkd && networkctl status "$nic" 2>/dev/null | grep -q "Network File: /"; then echo "backend networkd"',
  '  show "$(networkctl status "$nic" | sed -n "s/.*Network File: *//p" | head -n 1)"',
  'elif command -v ifup > /dev/null && grep -qsE "^iface +$nic +" /etc/network/interfaces /etc/network/interfaces.d/*; then echo "backend ifupdown"',
  '  show /etc/network/interfaces /etc/network/interfaces.d/*',
  'else echo "backend none"; fi',
].join('\n')

export async function readNetwork(asRoot: RootExec, nic: string): Promise<ReadNetwork> {
  const end = await asRoot(['sh', '-c', script, 'read', nic], { timeoutMs: 15_000 })
  if (end.code !== 0 && end.stdout === '') {
    throw hostFailure('host.bridge', 'The network of the host cannot be read', {
      seen: end.stderr.trim().slice(0, 300),
    })
  }
  const [head = '', ...parts] = end.stdout.split(`${cut}\n`)
  const lines = head.split('\n')
  const all = (word: string): string[] =>
    lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1).trim()] : []))
  const files = Object.fromEntries(
    parts.map((part) => {
      const at = part.indexOf('\n')
      return [part.slice(0, at), part.slice(at + 1)] as const
    }),
  )
  const backend = all('backend')[0] ?? 'none'
  return {
    nic: {
      exists: lines.includes('exists'),
      isBridgePortOf: all('port')[0],
      wireless: lines.includes('wireless'),
      addresses: all('address'),
      bridges: all('bridge'),
    },
    facts:
      backend === 'none'
        ? undefined
        : {
            nic,
            mac: all('mac')[0] ?? '',
            mtu: Number(all('mtu')[0] ?? 1500),
            backend: backend as NetworkBackend,
            files,
          },
    backendSeen: backend,
  }
}
