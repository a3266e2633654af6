import { virtualMachineFailure } from '@altostack/core'
import type { Submission } from '../command/handler.ts'
import type { Queries, Row } from '../db/database.ts'
import { requireVm, vmLock } from './vm.repository.ts'
import { requireVmState, type VirtualMachine } from './vm.states.ts'
import { type NicsInput, vmNicsWorkflow } from './workflows/vm-nics.ts'

/** States in which NICs may change: in all others something else is under way, or the end is. */
const changeable = ['Running', 'Stopped'] as const

/** The virtual machine of a NIC, in a state in which its NICs may change. */
export async function vmOfNic(
  db: Queries,
  nic: Pick<Row<'nics'>, 'instance_id'>,
  what: string,
): Promise<VirtualMachine> {
  const vm = await requireVm(db, nic.instance_id)
  requireVmState(vm, changeable, what)
  return vm
}

/** Both were named: they must belong together. */
export function requireNicOf(vm: VirtualMachine, nic: Row<'nics'>, what: string): void {
  requireVmState(vm, changeable, what)
  if (nic.instance_id === vm.id) return
  throw virtualMachineFailure('virtual-machine.network', `The NIC ${nic.uuid} is not one of ${vm.name}`, {
    fix: 'listNics shows its NICs.',
    entities: [{ uuid: nic.uuid, description: 'NIC' }],
  })
}

export function submitNics(vm: VirtualMachine, change: Omit<NicsInput, 'vmId' | 'hostId'>): Submission {
  return {
    workflow: vmNicsWorkflow,
    lockKey: vmLock(vm.id),
    instance: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
    owner: { accountId: vm.account_id, domainId: vm.domain_id },
    input: { vmId: vm.id, hostId: vm.state === 'Running' ? vm.host_id : null, ...change },
  }
}
