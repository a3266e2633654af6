import { apiFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import type { SshKeyPair } from '../ssh-key-pair/index.ts'
import { keyColumns, passwordColumns, putGuestData } from './guest-choices.ts'
import { requireUnlocked, templateOfVm } from './vm.repository.ts'
import { requireVmState, type VirtualMachine } from './vm.states.ts'

export async function isPasswordEnabled(tx: Tx, vm: VirtualMachine): Promise<boolean> {
  return (await templateOfVm(tx, vm))?.enable_password === 1
}

/**
 * A new password, and other keys where `pairs` are given, for the next start of a stopped machine. Throws 431 where the
 * template takes no passwords, and `virtual-machine.state`.
 */
export async function resetPassword(
  tx: Tx,
  ctx: ServerContext,
  vm: VirtualMachine,
  password: string | undefined,
  pairs: readonly SshKeyPair[] | undefined,
): Promise<void> {
  if (pairs === undefined && !(await isPasswordEnabled(tx, vm))) {
    throw apiFailure(
      'api.parameter',
      `Fail to reset password for the virtual machine ${vm.name}, the template is not password enabled`,
      {
        fix: 'Use a template with passwordenabled=true.',
      },
    )
  }
  requireVmState(vm, ['Stopped'], pairs === undefined ? 'resetting its password' : 'resetting its SSH keys')
  await requireUnlocked(tx, vm)
  await storePassword(tx, ctx, vm, password, pairs)
}

/** The same without a look at the machine: for a run that holds it. */
export async function storePassword(
  tx: Tx,
  ctx: ServerContext,
  vm: VirtualMachine,
  password: string | undefined,
  pairs: readonly SshKeyPair[] | undefined,
): Promise<void> {
  const known = await tx.selectFrom('vm_guest_data').select('public_keys').where('vm_id', '=', vm.id).executeTakeFirst()
  const keys = pairs ?? (known?.public_keys ?? '').split('\n').map((line) => ({ public_key: line }))
  await putGuestData(tx, ctx, vm.id, {
    ...(pairs === undefined ? {} : keyColumns(pairs)),
    ...(await passwordColumns(tx, ctx, password, keys)),
  })
}
