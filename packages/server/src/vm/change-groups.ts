import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { chooseGroups, guardedNetworks, type SecurityGroup, setGroupsOfVm } from '../security-group/index.ts'
import type { VirtualMachine } from './vm.states.ts'
import { networksOfVm } from './vm-networks.ts'

/** A stopped machine's groups from its next start on. Throws 431 and 531 as a deploy does. */
export async function changeGroups(
  tx: Tx,
  ctx: ServerContext,
  vm: VirtualMachine,
  groups: readonly SecurityGroup[] | undefined,
  names: readonly string[] | undefined,
): Promise<void> {
  const account = await tx.selectFrom('account').selectAll().where('id', '=', vm.account_id).executeTakeFirstOrThrow()
  const ids = await networksOfVm(tx, vm.id)
  const networks = await tx
    .selectFrom('networks')
    .select(['id', 'network_offering_id'])
    .where('id', 'in', [...ids, -1])
    .execute()
  const guarded = await guardedNetworks(tx, networks)
  const chosen = await chooseGroups(tx, account, { groups, names }, guarded.size > 0)
  if (chosen === 'default') return
  await setGroupsOfVm(
    tx,
    ctx,
    vm.id,
    chosen.map((group) => group.id),
  )
}
