import { Bug } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { endVolume, expungeVolumes, insertVolume, releaseVolume, throwAway, volumesOfVm } from '../volume/index.ts'
import { requireGuestPassword } from './guest-choices.ts'
import { isPasswordEnabled, storePassword } from './reset-password.ts'
import { replaceVmDetails, requireVm, updateVmColumns, vmDetails } from './vm.repository.ts'
import type { VirtualMachine } from './vm.states.ts'

/** What a VM's new root disk shall be. */
export type RootWish = {
  readonly templateId: number
  /** An ISO: the disk begins empty, the ISO is in the drive. */
  readonly iso: boolean
  readonly bytes: number
  readonly diskOfferingId: number | null
  readonly details: Readonly<Record<string, string>>
  /** The old one goes for good at once. */
  readonly expunge: boolean
}

/** Puts a planned root disk in the place of the old one, which goes into the bin. The VM does not run. */
export async function swapRoot(tx: Tx, ctx: ServerContext, vm: VirtualMachine, wish: RootWish): Promise<void> {
  const old = (await volumesOfVm(tx, vm.id)).find((volume) => volume.volume_type === 'ROOT')
  if (old === undefined) throw new Bug('a virtual machine to restore has no root disk', { vm: vm.uuid })
  const now = ctx.runtime.now()
  await insertVolume(tx, {
    uuid: ctx.runtime.uuid(),
    name: `ROOT-${vm.id}`,
    account_id: vm.account_id,
    domain_id: vm.domain_id,
    instance_id: vm.id,
    device_id: 0,
    data_center_id: vm.data_center_id,
    volume_type: 'ROOT',
    state: 'Allocated',
    disk_offering_id: wish.diskOfferingId,
    template_id: wish.iso ? null : wish.templateId,
    size: wish.bytes,
    format: 'QCOW2',
    provisioning_type: old.provisioning_type,
    display_volume: old.display_volume,
    attached: now,
    created: now,
    updated: now,
  })
  if (old.pool_id === null) await endVolume(tx, ctx, old, 'vm.restore')
  else {
    await throwAway(tx, ctx, old, 'vm.restore')
    await releaseVolume(tx, ctx, old)
    if (wish.expunge) await expungeVolumes(tx, ctx, [old.id])
  }
  await updateVmColumns(tx, vm.id, {
    vm_template_id: wish.templateId,
    ...(wish.iso ? { iso_id: wish.templateId } : {}),
  })
  if (Object.keys(wish.details).length > 0) {
    const before = (await vmDetails(tx, [vm.id])).get(vm.id) ?? {}
    await replaceVmDetails(tx, vm.id, { ...before, ...wish.details })
  }
  const restored = await requireVm(tx, vm.id)
  // The fresh guest asks for a password once more.
  if (await isPasswordEnabled(tx, restored)) {
    await storePassword(tx, ctx, restored, requireGuestPassword(ctx, undefined), undefined)
  }
}
