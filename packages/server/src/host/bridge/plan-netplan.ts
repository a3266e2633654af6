import type { Document, YAMLMap } from 'yaml'
import { type BridgePlan, type NetworkFacts, NoBridgePlan } from './bridge-plan.ts'

/** What describes the NIC itself and not its addresses. */
const ofTheLink = [
  'match',
  'set-name',
  'wakeonlan',
  'link-local',
  'emit-lldp',
  'receive-checksum-offload',
  'renderer',
  'virtual-function-count',
  'optional',
]

/** Netplan's YAML: what the NIC had is moved to `bridges`, with comments and everything else kept. */
export async function planNetplan({ nic, mac, mtu, files }: NetworkFacts, bridge: string): Promise<BridgePlan> {
  // Loaded here: netplan alone needs it, and it is 72 modules.
  const { isMap, parseDocument } = await import('yaml')
  const parsed = Object.entries(files).map(([path, text]) => ({ path, document: parseDocument(text) }))
  const holding = parsed.filter(({ document }) => isMap(document.getIn(['network', 'ethernets', nic])))
  const [file, ...others] = holding
  if (file === undefined)
    throw new NoBridgePlan(`no ethernets.${nic} in ${Object.keys(files).join(', ') || '/etc/netplan'}`)
  if (others.length > 0)
    throw new NoBridgePlan(`${nic} is described in ${holding.map(({ path }) => path).join(' and ')}`)
  for (const { document, path } of parsed) {
    if (document.errors.length > 0) throw new NoBridgePlan(`${path}: ${document.errors[0]?.message}`)
    if (document.hasIn(['network', 'bridges', bridge])) throw new NoBridgePlan(`${path} has a bridge ${bridge} already`)
  }
  return {
    backend: 'netplan',
    bridge,
    nic,
    files: [{ path: file.path, content: move(file.document, nic, bridge, mac, mtu), mode: '600' }],
    apply: ['netplan apply'],
    down: [`ip link set ${nic} nomaster`, `ip link delete ${bridge}`],
    up: ['netplan apply'],
  }
}

function move(document: Document, nic: string, bridge: string, mac: string, mtu: number): string {
  const link = document.getIn(['network', 'ethernets', nic]) as YAMLMap
  const moved = link.items.filter(({ key }) => !ofTheLink.includes(String(key)))
  for (const { key } of moved) document.deleteIn(['network', 'ethernets', nic, String(key)])
  document.setIn(['network', 'ethernets', nic, 'dhcp4'], false)
  document.setIn(['network', 'ethernets', nic, 'dhcp6'], false)
  if (mtu !== 1500) document.setIn(['network', 'ethernets', nic, 'mtu'], mtu)
  const own = document.createNode({
    interfaces: [nic],
    macaddress: mac,
    parameters: { stp: false, 'forward-delay': 0 },
  }) as YAMLMap
  own.items.push(...(moved as typeof own.items))
  if (!document.hasIn(['network', 'bridges'])) document.setIn(['network', 'bridges'], document.createNode({}))
  document.setIn(['network', 'bridges', bridge], own)
  return document.toString({ lineWidth: 0 })
}
