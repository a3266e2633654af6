import { type Input, mapEntries, type restoreVirtualMachine } from '@altostack/api'
import { apiFailure, virtualMachineFailure } from '@altostack/core'
import { requireWithinLimits } from '../account/resource-limits.ts'
import type { Entities } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { requireUsable } from '../template/index.ts'
import {
  offeredBytes,
  refuseVmSnapshots,
  requireDiskOffering,
  requireVolumeState,
  volumesOfVm,
} from '../volume/index.ts'
import { requireZone } from '../zone/index.ts'
import type { RootWish } from './swap-root.ts'
import { templateOfVm } from './vm.repository.ts'

type Restore = typeof restoreVirtualMachine
const GIB = 1024 ** 3

/** Looks up and checks what the new root disk shall be. Throws 431 with what does not go together. */
export async function readRestore(
  tx: Tx,
  ctx: ServerContext,
  { input, entities }: { readonly input: Input<Restore>; readonly entities: Entities<Restore> },
): Promise<RootWish> {
  const { virtualmachineid: vm, diskofferingid: offering } = entities
  const fail = (text: string, fix: string): Error =>
    virtualMachineFailure('virtual-machine.template', text, {
      fix,
      entities: [{ uuid: vm.uuid, description: 'virtual machine' }],
    })
  const template = entities.templateid ?? (await templateOfVm(tx, vm))
  if (template === undefined || template.removed !== null) {
    throw fail(`The template of ${vm.name} was deleted`, 'Name another one in templateid.')
  }
  const usable = await requireUsable(tx, template, await requireZone(tx, vm.data_center_id))
  const iso = template.format === 'ISO'
  if (template.arch !== vm.arch) throw fail(`${template.name} is for ${template.arch}`, `Use one for ${vm.arch}.`)
  if (!iso && template.hypervisor_type !== vm.hypervisor_type) {
    throw fail(`${template.name} is for ${template.hypervisor_type}`, `Use one for ${vm.hypervisor_type}.`)
  }
  await refuseVmSnapshots(tx, vm.id)
  const old = (await volumesOfVm(tx, vm.id)).find((volume) => volume.volume_type === 'ROOT')
  if (old === undefined) throw fail(`${vm.name} has no root disk`, 'Attach one as device 0 first.')
  requireVolumeState(old, ['Ready', 'Allocated'], 'restoring the virtual machine')
  if (offering !== undefined) await requireDiskOffering(tx, offering, vm.data_center_id)
  const least = iso ? 1 : usable.virtualBytes
  const asked = input.rootdisksize === undefined ? undefined : input.rootdisksize * GIB
  const offered =
    offering === undefined || (offering.customized === 1 && asked === undefined)
      ? undefined
      : await offeredBytes(tx, ctx, offering, offering.customized === 1 ? input.rootdisksize : undefined)
  if (asked !== undefined && offered !== undefined && offered !== asked) {
    throw apiFailure('api.parameter', `Disk offering ${offering?.name} has a size of its own: leave rootdisksize out`)
  }
  const bytes = asked ?? offered ?? Math.max(least, old.size)
  if (bytes < least) {
    throw virtualMachineFailure(
      'virtual-machine.disk',
      `The root disk would be smaller than template ${template.name}`,
      { seen: `${bytes} < ${least} bytes`, fix: 'Ask for more, or leave rootdisksize out.' },
    )
  }
  if (bytes > old.size) {
    const account = await tx.selectFrom('account').selectAll().where('id', '=', vm.account_id).executeTakeFirstOrThrow()
    await requireWithinLimits(tx, ctx, account, { diskBytes: bytes - old.size })
  }
  return {
    templateId: template.id,
    iso,
    bytes,
    diskOfferingId: offering?.id ?? old.disk_offering_id,
    details: mapEntries(input.details),
    expunge: input.expunge === true,
  }
}
