import type { Submission } from '../command/handler.ts'
import { vmLock } from './vm.repository.ts'
import { requireVmState, type VirtualMachine } from './vm.states.ts'
import { type CdromInput, vmCdromWorkflow } from './workflows/vm-cdrom.ts'

/** Checks that the disc of a VM can be changed now and says which workflow does it. */
export function submitCdrom(
  vm: VirtualMachine,
  { what, ...change }: Pick<CdromInput, 'isoId' | 'force'> & { readonly what: string },
): Submission {
  requireVmState(vm, ['Running', 'Stopped'], what)
  return {
    workflow: vmCdromWorkflow,
    lockKey: vmLock(vm.id),
    instance: { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid },
    owner: { accountId: vm.account_id, domainId: vm.domain_id },
    input: { vmId: vm.id, hostId: vm.state === 'Running' ? vm.host_id : null, beforeId: vm.iso_id, ...change },
  }
}
