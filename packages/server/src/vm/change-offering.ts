import { virtualMachineFailure } from '@altostack/core'
import { requireAccount } from '../account/index.ts'
import { requireWithinLimits } from '../account/resource-limits.ts'
import { releaseReservation } from '../capacity/index.ts'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { noteGuestNetwork } from '../guest-network/index.ts'
import { serviceOfferingDetails } from '../offering/index.ts'
import { refuseVmSnapshots } from '../volume/index.ts'
import { replaceVmDetails, requireUnlocked, updateVmColumns, vmDetails } from './vm.repository.ts'
import { requireVmState, type VirtualMachine } from './vm.states.ts'
import { claimOf } from './vm-claims.ts'
import { vmSize } from './vm-size.ts'

/** Details that say the size of a machine whose offering leaves it open. */
const sizeDetails = ['cpuNumber', 'cpuSpeed', 'memory']

/**
 * Gives a stopped VM another service offering within its account's limits. What its last host kept free for it is given
 * back: the new size finds its place at the next start. Root disks stay as they are.
 */
export async function changeOffering(
  tx: Tx,
  ctx: ServerContext,
  vm: VirtualMachine,
  offering: Row<'service_offering'>,
  asked: Readonly<Record<string, string>>,
): Promise<void> {
  requireVmState(vm, ['Stopped'], 'another service offering')
  await requireUnlocked(tx, vm)
  await refuseVmSnapshots(tx, vm.id)
  if (offering.system_use === 1 || offering.state !== 'Active') {
    throw virtualMachineFailure('virtual-machine.offering', `Service offering ${offering.name} cannot be used`, {
      seen: offering.system_use === 1 ? 'it is for system virtual machines' : offering.state,
    })
  }
  const bounds = Object.fromEntries(
    ((await serviceOfferingDetails(tx, [offering.id])).get(offering.id) ?? []).map((row) => [row.name, row.value]),
  )
  const size = vmSize(offering, bounds, asked)
  await requireWithinLimits(tx, ctx, await requireAccount(tx, vm.account_id), {
    cpus: Math.max(0, size.cpu - vm.cpu),
    memory: Math.max(0, size.ramSize - vm.ram_size),
  })
  if (vm.reserved_host_id !== null) await releaseReservation(tx, vm.reserved_host_id, claimOf(vm))
  const kept = (await vmDetails(tx, [vm.id])).get(vm.id) ?? {}
  const others = Object.fromEntries(Object.entries(kept).filter(([name]) => !sizeDetails.includes(name)))
  await replaceVmDetails(tx, vm.id, { ...others, ...asked })
  await updateVmColumns(tx, vm.id, {
    service_offering_id: offering.id,
    cpu: size.cpu,
    speed: size.speed,
    ram_size: size.ramSize,
    ha_enabled: offering.ha_enabled,
    limit_cpu_use: offering.limit_cpu_use,
    reserved_host_id: null,
    update_time: ctx.runtime.now(),
  })
  // The metadata service names the offering.
  await noteGuestNetwork(tx, ctx, 'Vm', vm.id)
}
