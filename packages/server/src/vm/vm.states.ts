import {
  InvalidTransitionError,
  type JsonObject,
  type VirtualMachineStateEvent,
  virtualMachineFailure,
  virtualMachineStates,
} from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { moveState } from '../db/state-move.ts'
import { noteGuestNetwork } from '../guest-network/index.ts'

export type VirtualMachine = Row<'vm_instance'>
export type VirtualMachineColumns = Partial<Omit<VirtualMachine, 'id' | 'uuid' | 'update_count' | 'state'>>

/**
 * Moves a VM's state by its table, in the caller's transaction. Throws `virtual-machine.state` where the table has no
 * such move, LostRace when somebody was faster.
 */
export async function moveVm(
  tx: Tx,
  ctx: ServerContext,
  row: VirtualMachine,
  event: VirtualMachineStateEvent,
  move: { readonly cause: string; readonly evidence?: JsonObject; readonly set?: VirtualMachineColumns },
): Promise<VirtualMachine> {
  try {
    const moved = await moveState(tx, ctx, {
      machine: virtualMachineStates,
      table: 'vm_instance',
      column: 'state',
      row,
      event,
      entity: 'VirtualMachine',
      ...move,
      set: { update_time: ctx.runtime.now(), ...move.set },
    })
    // Its host has the guest; names of its networks' others come after it. What is expunged is forgotten everywhere.
    if (moved.state === 'Running' || moved.removed !== null) await noteGuestNetwork(tx, ctx, 'Vm', row.id)
    return moved
  } catch (error) {
    if (!(error instanceof InvalidTransitionError)) throw error
    throw virtualMachineFailure('virtual-machine.state', `Virtual machine ${row.name} is ${row.state}`, {
      seen: `${event} in state ${row.state}`,
      entities: [{ uuid: row.uuid, description: 'virtual machine' }],
      cause: error,
    })
  }
}

/** Throws `virtual-machine.state` unless the VM is in one of the states; `what` says what was wanted. */
export function requireVmState(vm: VirtualMachine, states: readonly string[], what: string): void {
  if (states.includes(vm.state)) return
  throw virtualMachineFailure(
    'virtual-machine.state',
    `Virtual machine ${vm.name} is ${vm.state}; ${what} needs it ${states.join(' or ')}`,
    { seen: vm.state, entities: [{ uuid: vm.uuid, description: 'virtual machine' }] },
  )
}
