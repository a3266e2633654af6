import type { NicSpec } from '@altostack/agent-api'
import type { HostContext } from './host-context.ts'

/** The host answers DHCP for these NICs from now on. */
export function reserve(context: HostContext, instanceName: string, nics: readonly NicSpec[]): void {
  for (const nic of nics) if (nic.dhcp !== undefined) context.disk.reservations.set(nic.nicUuid, { instanceName, nic })
}

export function releaseReservations(context: HostContext, instanceName: string): void {
  for (const [nic, reservation] of context.disk.reservations) {
    if (reservation.instanceName === instanceName) context.disk.reservations.delete(nic)
  }
}
