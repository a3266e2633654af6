import { volumeFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { takeDeviceId } from './device-id.ts'
import { placeVolume } from './place-volume.ts'
import { volumesOfVm } from './volume.repository.ts'
import { beginCreate } from './volume.service.ts'
import { moveVolume, type Volume } from './volume.states.ts'
import { refuseVmSnapshots, requireDiskVmState, requireVolumeState } from './volume-rules.ts'
import { chooseSite, type Site } from './volume-site.ts'
import type { VolumeAttachInput } from './workflows/volume-attach.ts'

const cause = 'volume.attach'

/**
 * Gives a detached volume to a VM in the caller's transaction: device number, place on storage when a running guest is to
 * get a disk that has no file yet, state. Answers what the workflow is to do. Throws 431 with what is in the way.
 */
export async function beginAttach(
  tx: Tx,
  ctx: ServerContext,
  volume: Volume,
  vm: Row<'vm_instance'>,
  askedDeviceId: number | undefined,
): Promise<VolumeAttachInput> {
  requireDiskVmState(vm, 'attaching a volume')
  await refuseVmSnapshots(tx, vm.id)
  refuseMismatch(volume, vm, askedDeviceId)
  requireVolumeState(volume, ['Ready', 'Allocated', 'Uploaded'], 'attaching it')
  const deviceId = await takeDeviceId(tx, vm.id, askedDeviceId)
  const own = { instance_id: vm.id, device_id: deviceId }
  const runs = vm.state === 'Running' && vm.host_id !== null
  const site = runs ? await chooseSite(tx, ctx, vm, []) : null
  const input = { volumeId: volume.id, vmId: vm.id, site }
  if (volume.state === 'Allocated') {
    await tx.updateTable('volumes').set(own).where('id', '=', volume.id).execute()
    // A stopped VM's disk is made at its next start, on storage of the host that is chosen then.
    if (site === null) return { ...input, create: false }
    const poolId = await placeVolume(tx, ctx, volume, {
      hostId: site.hostId,
      zoneId: vm.data_center_id,
      hypervisor: vm.hypervisor_type,
    })
    await beginCreate(tx, ctx, { ...volume, ...own }, poolId, cause)
    return { ...input, create: true }
  }
  if (volume.state === 'Uploaded') {
    // Its image is brought to a pool now, whether the VM runs or not.
    await tx.updateTable('volumes').set(own).where('id', '=', volume.id).execute()
    const at = site ?? (await anySite(tx, ctx, vm))
    const poolId = await placeVolume(tx, ctx, volume, {
      hostId: at.hostId,
      zoneId: vm.data_center_id,
      hypervisor: vm.hypervisor_type,
    })
    await beginCreate(tx, ctx, { ...volume, ...own }, poolId, cause)
    return { ...input, site: at, create: true, fetch: true }
  }
  await requireReachable(tx, volume, vm, site?.hostId)
  await moveVolume(tx, ctx, volume, 'AttachRequested', { cause, evidence: { vm: vm.uuid, deviceId }, set: own })
  return { ...input, create: false }
}

/** A connected host that has the pools of a stopped VM's disks. */
async function anySite(tx: Tx, ctx: ServerContext, vm: Row<'vm_instance'>): Promise<Site> {
  const pools = (await volumesOfVm(tx, vm.id)).flatMap((volume) => volume.pool_id ?? [])
  return await chooseSite(tx, ctx, vm, [...new Set(pools)])
}

function refuseMismatch(volume: Volume, vm: Row<'vm_instance'>, deviceId: number | undefined): void {
  const fail = (text: string, fix: string): Error =>
    volumeFailure('volume.attach', text, {
      fix,
      entities: [
        { uuid: volume.uuid, description: 'volume' },
        { uuid: vm.uuid, description: 'virtual machine' },
      ],
    })
  if (volume.instance_id !== null) {
    throw volumeFailure('volume.attached', `Volume ${volume.name} is attached to a virtual machine`, {
      entities: [{ uuid: volume.uuid, description: 'volume' }],
    })
  }
  if (volume.account_id !== vm.account_id) {
    throw fail(
      `Volume ${volume.name} and virtual machine ${vm.name} belong to different accounts`,
      'Use a volume of the same account.',
    )
  }
  if (volume.data_center_id !== vm.data_center_id) {
    throw fail(`Volume ${volume.name} is in another zone than ${vm.name}`, 'Make a snapshot, and a volume of it there.')
  }
  if (deviceId === 0) {
    if (vm.state !== 'Stopped')
      throw fail(`${vm.name} runs: a root disk is put back while it is stopped`, 'Stop it first.')
    if (volume.volume_type !== 'ROOT') throw fail(`Volume ${volume.name} is no root disk`, 'Use another deviceid.')
  }
}

/** The guest's host, or for a stopped VM some host that has its other disks too, must have the volume's pool. */
async function requireReachable(
  tx: Tx,
  volume: Volume,
  vm: Row<'vm_instance'>,
  hostId: number | undefined,
): Promise<void> {
  const others = await tx
    .selectFrom('volumes')
    .select('pool_id')
    .where('instance_id', '=', vm.id)
    .where('removed', 'is', null)
    .where('pool_id', 'is not', null)
    .execute()
  const pools = [...new Set([volume.pool_id, ...others.map((row) => row.pool_id)])].filter((id) => id !== null)
  let query = tx.selectFrom('host').select('host.id').where('host.removed', 'is', null)
  if (hostId !== undefined) query = query.where('host.id', '=', hostId)
  for (const poolId of pools) {
    query = query.where((eb) =>
      eb(
        'host.id',
        'in',
        eb
          .selectFrom('storage_pool_host_ref')
          .select('storage_pool_host_ref.host_id')
          .where('storage_pool_host_ref.pool_id', '=', poolId),
      ),
    )
  }
  if ((await query.limit(1).execute()).length > 0) return
  const pool = await tx.selectFrom('storage_pool').select('name').where('id', '=', volume.pool_id!).executeTakeFirst()
  throw volumeFailure(
    'volume.attach',
    hostId === undefined
      ? `No host has pool ${pool?.name} of the volume together with the pools of ${vm.name}`
      : `The host of ${vm.name} does not have pool ${pool?.name}, which holds the volume`,
    { fix: 'Move the volume with migrateVolume to a pool of that cluster.' },
  )
}
