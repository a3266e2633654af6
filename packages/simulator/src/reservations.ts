import type { NicSpec, VmSpec } from '@altostack/agent-api'
import type { HostContext } from './host-context.ts'

/** The host answers DHCP for these NICs from now on. */
export function reserve(context: HostContext, instanceName: string, nics: readonly NicSpec[]): void {
  for (const nic of nics) if (nic.dhcp !== undefined) context.disk.reservations.set(nic.nicUuid, { instanceName, nic })
}

/** What a guest brings along beside its NICs. */
export function learn(context: HostContext, spec: VmSpec): void {
  putNewest(context.disk.groups, spec.securityGroups, (group) => group.uuid)
  if (spec.guestData !== undefined) putNewest(context.disk.guestData, [spec.guestData], () => spec.instanceName)
}

/** Keeps what is not older than what is known; true when anything changed. */
export function putNewest<T extends { readonly version: number }>(
  into: Map<string, T>,
  states: readonly T[],
  key: (state: T) => string,
): boolean {
  let changed = false
  for (const state of states) {
    const known = into.get(key(state))
    if (known !== undefined && known.version > state.version) continue
    changed ||= JSON.stringify(known) !== JSON.stringify(state)
    into.set(key(state), state)
  }
  return changed
}

export function releaseReservations(context: HostContext, instanceName: string): void {
  context.disk.guestData.delete(instanceName)
  for (const [nic, reservation] of context.disk.reservations) {
    if (reservation.instanceName === instanceName) context.disk.reservations.delete(nic)
  }
}
