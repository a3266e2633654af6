import { apiFailure, volumeFailure } from '@altostack/core'
import type { Submission } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { placeVolume } from './place-volume.ts'
import { moveVolume, type Volume } from './volume.states.ts'
import { volumeLock } from './volume-lock.ts'
import { ownerVm, refuseVmSnapshots, requireVolumeState } from './volume-rules.ts'
import { chooseSite } from './volume-site.ts'
import { requireDiskOffering } from './volume-size.ts'
import { leftoverLock } from './workflows/volume-clear.ts'
import { volumeMigrateWorkflow } from './workflows/volume-migrate.ts'

export type MigrateWish = { readonly live: boolean; readonly offering: Row<'disk_offering'> | undefined }

/** Checks that a volume can move to the pool, claims its space there and says which workflow moves it. */
export async function beginMigrate(
  tx: Tx,
  ctx: ServerContext,
  volume: Volume,
  pool: Row<'storage_pool'>,
  wish: MigrateWish,
): Promise<Submission> {
  requireVolumeState(volume, ['Ready'], 'moving it')
  const vm = await ownerVm(tx, volume, 'moving a volume')
  await refuseVmSnapshots(tx, volume.instance_id)
  const fail = (text: string, fix: string): Error =>
    volumeFailure('volume.pool', text, { fix, entities: [{ uuid: pool.uuid, description: 'storage pool' }] })
  if (pool.id === volume.pool_id)
    throw fail(`Volume ${volume.name} is on pool ${pool.name} already`, 'Name another pool.')
  if (pool.data_center_id !== volume.data_center_id) {
    throw fail(`Pool ${pool.name} is in another zone`, 'Make a snapshot, and a volume of it there.')
  }
  const runs = vm?.state === 'Running'
  if (runs && !wish.live)
    throw fail(`${vm?.name} runs and livemigrate is false`, 'Stop it first, or send livemigrate=true.')
  if (runs && vm !== undefined && volume.volume_type === 'ROOT' && vm.iso_id !== null) {
    throw fail(`${vm.name} has an ISO in its drive, which stays on the old pool`, 'Take it out with detachIso first.')
  }
  if (runs && vm?.host_id !== null) await requireOnHost(tx, pool, vm!.host_id!, fail)
  if (wish.offering !== undefined) {
    await requireDiskOffering(tx, wish.offering, volume.data_center_id)
    const bytes = wish.offering.customized === 1 ? volume.size : wish.offering.disk_size
    if (bytes !== 0 && bytes !== volume.size) {
      throw volumeFailure('volume.offering', `Disk offering ${wish.offering.name} has another size than the volume`, {
        fix: 'Resize the volume first.',
      })
    }
  }
  await requireNoLeftover(tx, volume, pool)
  const wanted = wish.offering === undefined ? volume : { ...volume, disk_offering_id: wish.offering.id }
  await placeVolume(tx, ctx, wanted, {
    poolId: pool.id,
    zoneId: pool.data_center_id,
    hypervisor: vm?.hypervisor_type ?? 'KVM',
  })
  const site = await chooseSite(tx, ctx, vm, [volume.pool_id!, pool.id])
  await moveVolume(tx, ctx, volume, 'MigrationRequested', { cause: 'volume.migrate', evidence: { pool: pool.uuid } })
  return {
    workflow: volumeMigrateWorkflow,
    lockKey: volumeLock(volume),
    instance: { type: 'Volume', id: volume.id, uuid: volume.uuid },
    owner: { accountId: volume.account_id, domainId: volume.domain_id },
    input: {
      volumeId: volume.id,
      site,
      fromPoolId: volume.pool_id!,
      toPoolId: pool.id,
      bytes: volume.size,
      offeringId: wanted.disk_offering_id,
    },
  }
}

async function requireOnHost(
  tx: Tx,
  pool: Row<'storage_pool'>,
  hostId: number,
  fail: (text: string, fix: string) => Error,
): Promise<void> {
  const there = await tx
    .selectFrom('storage_pool_host_ref')
    .select('id')
    .where('pool_id', '=', pool.id)
    .where('host_id', '=', hostId)
    .executeTakeFirst()
  if (there !== undefined) return
  throw fail(
    `The host of the virtual machine does not have pool ${pool.name}`,
    'Stop it first, or attach the pool to its cluster.',
  )
}

/** What an earlier move left on the pool is removed by a run that must not meet the new copy. */
async function requireNoLeftover(tx: Tx, volume: Volume, pool: Row<'storage_pool'>): Promise<void> {
  const lock = leftoverLock(pool.id, volume.id)
  const row = await tx.selectFrom('workflow_lock').select('run_id').where('lock_key', '=', lock).executeTakeFirst()
  if (row === undefined) return
  throw apiFailure('api.in-use', `What the volume left on pool ${pool.name} is still being removed`, {
    seen: `run ${row.run_id}`,
    fix: 'Wait until that has ended.',
  })
}
