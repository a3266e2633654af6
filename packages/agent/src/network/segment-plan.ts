import { createHash } from 'node:crypto'
import type { NicSpec, Segment } from '@altostack/agent-api'

/** Linux's own default, which CloudStack's hosts use too; IANA's is 4789. */
export const vxlanPort = 8472
/** Longest name of an interface. */
const nameLength = 15

/** The interfaces that one VLAN or VXLAN needs on this host. */
export type SegmentPlan = {
  readonly segment: Segment
  /** Bridge of the guests. */
  readonly bridge: string
  /** Its port to the other hosts. */
  readonly device: string
  /** The interface below: the uplink of the label's bridge for a VLAN, the bridge itself for a VXLAN. */
  readonly below: string
  /** Multicast group of a VXLAN in that mode. */
  readonly group?: string
  /** The bridge was here before: only its port is ours. */
  readonly foreignBridge?: true
}

/** `label`: bridge of the traffic label; `uplink`: its port to the outside. Names are CloudStack's where they fit. */
export function planSegment(segment: Segment, label: string, uplink: string): SegmentPlan {
  if (segment.kind === 'vlan') {
    const long = `br${uplink}-${segment.id}`.length > nameLength
    const stem = long ? createHash('sha256').update(uplink).digest('hex').slice(0, 6) : uplink
    return { segment, bridge: `br${stem}-${segment.id}`, device: `${stem}.${segment.id}`, below: uplink }
  }
  const group = `239.${(segment.id >> 16) & 255}.${(segment.id >> 8) & 255}.${segment.id & 255}`
  return {
    segment,
    bridge: `brvx-${segment.id}`,
    device: `vxlan${segment.id}`,
    below: label,
    ...(segment.flood === 'multicast' ? { group } : {}),
  }
}

/** Arguments of `ip` that make the port. `local`: the host's address that peers know, for a flood list. */
export function addDevice(plan: SegmentPlan, mtu: number, local: string): readonly string[] {
  const { segment, device, below, group } = plan
  if (segment.kind === 'vlan') {
    return ['link', 'add', 'link', below, 'name', device, 'mtu', `${mtu}`, 'type', 'vlan', 'id', `${segment.id}`]
  }
  return [
    ...['link', 'add', device, 'mtu', `${mtu}`, 'type', 'vxlan', 'id', `${segment.id}`, 'dstport', `${vxlanPort}`],
    ...['ttl', '10', 'local', local, 'dev', below],
    ...(group === undefined ? [] : ['group', group]),
  ]
}

/** vlan://100, as answers and logs name it. */
export function segmentUri(nic: Pick<NicSpec, 'segment'>): string {
  return nic.segment === undefined ? 'vlan://untagged' : `${nic.segment.kind}://${nic.segment.id}`
}
