import type { Segment } from './schema/vm-spec.ts'

/** Bytes that VXLAN over IPv4 adds to a guest's packet: inner Ethernet, UDP, IP and VXLAN headers. */
export const vxlanOverhead = 50

/** MTU that the interface below must have, for guests of this MTU. Undefined segment: untagged. */
export function neededUnderlay(mtu: number, segment: Pick<Segment, 'kind'> | undefined): number {
  return segment?.kind === 'vxlan' ? mtu + vxlanOverhead : mtu
}

/** The largest MTU of guests that the interface below carries. */
export function guestMtu(underlay: number, segment: Pick<Segment, 'kind'> | undefined): number {
  return segment?.kind === 'vxlan' ? underlay - vxlanOverhead : underlay
}
