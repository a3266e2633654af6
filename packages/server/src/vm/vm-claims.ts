import { type Claim, releaseHost, releaseReservation, reserveHost } from '../capacity/index.ts'
import type { Tx } from '../db/database.ts'
import type { VirtualMachine } from './vm.states.ts'

export function claimOf(vm: VirtualMachine): Claim {
  return { cpu: vm.claimed_cpu, memory: vm.claimed_memory, cores: vm.claimed_cores }
}

/** What the VM asks of a host when it starts: MHz and bytes of its size. */
export function claimOfSize(vm: Pick<VirtualMachine, 'cpu' | 'speed' | 'ram_size'>): Claim {
  return { cpu: vm.cpu * vm.speed, memory: vm.ram_size * 1024 * 1024, cores: vm.cpu }
}

/** Gives back all that the VM holds: its host's claim and its last host's reservation. Answers the columns to save with it. */
export async function releaseClaims(
  tx: Tx,
  vm: VirtualMachine,
): Promise<{ readonly host_id: null; readonly reserved_host_id: null }> {
  if (vm.host_id !== null) await releaseHost(tx, vm.host_id, claimOf(vm))
  if (vm.reserved_host_id !== null) await releaseReservation(tx, vm.reserved_host_id, claimOf(vm))
  return { host_id: null, reserved_host_id: null }
}

/** The VM stopped: its claim becomes a reservation, so that it finds its place again. */
export async function reserveClaims(
  tx: Tx,
  vm: VirtualMachine,
): Promise<{ readonly host_id: null; readonly last_host_id: number | null; readonly reserved_host_id: number | null }> {
  if (vm.host_id === null) {
    return { host_id: null, last_host_id: vm.last_host_id, reserved_host_id: vm.reserved_host_id }
  }
  await reserveHost(tx, vm.host_id, claimOf(vm))
  return { host_id: null, last_host_id: vm.host_id, reserved_host_id: vm.host_id }
}
