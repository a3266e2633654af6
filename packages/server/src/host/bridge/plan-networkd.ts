import { type BridgePlan, type NetworkFacts, NoBridgePlan } from './bridge-plan.ts'

const directory = '/etc/systemd/network'

/**
 * Files of our own that come first in systemd-networkd's order, and win: the bridge with what the NIC's file says, the
 * NIC as its port. The file that was there is not touched.
 */
export function planNetworkd({ nic, mac, mtu, files }: NetworkFacts, bridge: string): BridgePlan {
  // networkctl names the file in force first.
  const [entry] = Object.entries(files)
  if (entry === undefined) throw new NoBridgePlan(`systemd-networkd has no file for ${nic}`)
  const [, text] = entry
  const link = mtu === 1500 ? '' : `[Link]\nMTUBytes=${mtu}\n\n`
  const prefix = `${directory}/05-altostack`
  const head = `# Written by alto host bridge; the NIC's own file was ${entry[0]}.\n`
  return {
    backend: 'networkd',
    bridge,
    nic,
    files: [
      {
        path: `${prefix}-${bridge}.netdev`,
        content: `${head}[NetDev]\nName=${bridge}\nKind=bridge\nMACAddress=${mac}\n${mtu === 1500 ? '' : `MTUBytes=${mtu}\n`}\n[Bridge]\nSTP=no\nForwardDelaySec=0\n`,
        mode: '644',
      },
      { path: `${prefix}-${bridge}.network`, content: `${head}${bridgeNetwork(text, bridge)}`, mode: '644' },
      {
        path: `${prefix}-${nic}.network`,
        content: `${head}[Match]\nName=${nic}\n\n${link}[Network]\nBridge=${bridge}\nLinkLocalAddressing=no\n`,
        mode: '644',
      },
    ],
    apply: ['networkctl reload', `ip address flush dev ${nic}`, `networkctl reconfigure ${nic} ${bridge}`],
    down: [`ip link set ${nic} nomaster`, `ip link delete ${bridge}`],
    up: ['networkctl reload', `networkctl reconfigure ${nic}`],
  }
}

/** The NIC's sections under another match: addresses, routes, DHCP, DNS. What belongs to the link itself is left out. */
function bridgeNetwork(text: string, bridge: string): string {
  const sections = text.split(/^(?=\[)/m).filter((section) => section.startsWith('['))
  const kept = sections.filter((section) => !/^\[(Match|Link|SR-IOV|Bridge|BridgeVLAN)\]/.test(section))
  if (!kept.some((section) => section.startsWith('[Network]')))
    throw new NoBridgePlan('the file has no [Network] section')
  const own = kept.map((section) =>
    section
      .split('\n')
      .filter((line) => !/^\s*(Bridge|Bond|VRF)\s*=/.test(line))
      .join('\n')
      .trimEnd(),
  )
  return [`[Match]\nName=${bridge}`, ...own, ''].join('\n\n').replace(/\n\n$/, '\n')
}
