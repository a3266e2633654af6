import { apiFailure, volumeFailure } from '@altostack/core'
import { requireWithinLimits } from '../account/resource-limits.ts'
import type { Caller } from '../command/caller.ts'
import type { Submission } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { isUniqueViolation } from '../db/errors.ts'
import { imageOf, requireBackedUp } from '../snapshot/snapshot-image.ts'
import { beginAttach } from './begin-attach.ts'
import { placeVolume } from './place-volume.ts'
import { insertVolume, requireVolume } from './volume.repository.ts'
import { beginCreate } from './volume.service.ts'
import type { Volume } from './volume.states.ts'
import { volumeLock } from './volume-lock.ts'
import { chooseSite } from './volume-site.ts'
import { GIB, offeredBytes, requireDiskOffering } from './volume-size.ts'
import { volumeAttachWorkflow } from './workflows/volume-attach.ts'
import { volumeCreateWorkflow } from './workflows/volume-create.ts'

export type NewVolume = {
  readonly caller: Caller
  readonly owner: { readonly accountId: number; readonly domainId: number }
  readonly zoneId: number
  /** Needed without a snapshot. */
  readonly offering: Row<'disk_offering'> | undefined
  readonly snapshot: Row<'snapshots'> | undefined
  readonly sizeGib: number | undefined
  readonly name: string | undefined
  readonly display: boolean
  readonly customId: string | undefined
  /** Made there at once. */
  readonly pool: Row<'storage_pool'> | undefined
  /** Attached to it at once. */
  readonly vm: Row<'vm_instance'> | undefined
}

/** Writes the row of a new data disk with its claims, and says which workflow makes the rest. */
export async function newVolume(tx: Tx, ctx: ServerContext, wish: NewVolume): Promise<Submission> {
  const { offering, owner, zoneId, pool, vm } = wish
  if (offering !== undefined) await requireDiskOffering(tx, offering, zoneId)
  const bytes = await bytesOf(tx, ctx, wish)
  await requireZone(tx, zoneId, wish)
  const account = await tx.selectFrom('account').selectAll().where('id', '=', owner.accountId).executeTakeFirstOrThrow()
  await requireWithinLimits(tx, ctx, account, { volumes: 1, diskBytes: bytes })
  const now = ctx.runtime.now()
  const uuid = wish.customId === undefined ? ctx.runtime.uuid() : requireUuid(wish.customId)
  const id = await insertUnique(wish.customId, () =>
    insertVolume(tx, {
      uuid,
      name: wish.name ?? `DATA-${uuid.slice(0, 8)}`,
      account_id: owner.accountId,
      domain_id: owner.domainId,
      data_center_id: zoneId,
      volume_type: 'DATADISK',
      state: 'Allocated',
      disk_offering_id: offering?.id ?? wish.snapshot?.disk_offering_id ?? null,
      snapshot_id: wish.snapshot?.id ?? null,
      size: bytes,
      format: 'QCOW2',
      provisioning_type: offering?.provisioning_type ?? 'thin',
      display_volume: wish.display ? 1 : 0,
      created: now,
      updated: now,
    }),
  )
  const volume = await requireVolume(tx, id)
  const common = { instance: { type: 'Volume', id, uuid }, owner }
  if (wish.snapshot !== undefined) {
    return { ...common, ...(await fromSnapshot(tx, ctx, volume, wish.snapshot, wish)) }
  }
  if (vm !== undefined) {
    if (pool !== undefined) throw apiFailure('api.parameter', 'storageid and virtualmachineid cannot be used together')
    const input = await beginAttach(tx, ctx, volume, vm, undefined)
    return { ...common, workflow: volumeAttachWorkflow, lockKey: `vm:${vm.id}`, input }
  }
  if (pool === undefined) {
    return {
      ...common,
      workflow: volumeCreateWorkflow,
      lockKey: volumeLock(volume),
      input: { volumeId: id, site: null },
    }
  }
  const poolId = await placeVolume(tx, ctx, volume, { poolId: pool.id, zoneId, hypervisor: 'KVM' })
  const site = await chooseSite(tx, ctx, undefined, [poolId])
  await beginCreate(tx, ctx, volume, poolId, 'volume.create')
  return { ...common, workflow: volumeCreateWorkflow, lockKey: volumeLock(volume), input: { volumeId: id, site } }
}

async function bytesOf(tx: Tx, ctx: ServerContext, { offering, snapshot, sizeGib }: NewVolume): Promise<number> {
  if (snapshot === undefined) {
    if (offering === undefined) {
      throw volumeFailure('volume.offering', 'diskofferingid is needed without a snapshot', {
        fix: 'Name a disk offering.',
      })
    }
    return await offeredBytes(tx, ctx, offering, sizeGib)
  }
  const { virtualSizeBytes: least } = await imageOf(tx, snapshot.id)
  const fixed = offering !== undefined && offering.customized !== 1 && offering.disk_size > 0
  const bytes = fixed ? offering.disk_size : sizeGib === undefined ? least : sizeGib * GIB
  if (bytes >= least) return bytes
  throw volumeFailure('volume.size', `The volume would be smaller than snapshot ${snapshot.name}`, {
    seen: `${bytes} bytes; the snapshot has ${least}`,
  })
}

/** A volume of a snapshot is made at once: where its VM can have it, else wherever there is room. */
async function fromSnapshot(
  tx: Tx,
  ctx: ServerContext,
  volume: Volume,
  snapshot: Row<'snapshots'>,
  { pool, vm, zoneId }: NewVolume,
): Promise<Submission> {
  requireBackedUp(snapshot)
  if (vm !== undefined) {
    throw apiFailure('api.parameter', 'snapshotid and virtualmachineid cannot be used together', {
      fix: 'Attach it with attachVolume when it is there.',
    })
  }
  const poolId = await placeVolume(tx, ctx, volume, {
    zoneId,
    hypervisor: 'KVM',
    ...(pool === undefined ? {} : { poolId: pool.id }),
  })
  const site = await chooseSite(tx, ctx, undefined, [poolId])
  await beginCreate(tx, ctx, volume, poolId, 'volume.create')
  const input = { volumeId: volume.id, site, snapshotId: snapshot.id }
  return { workflow: volumeCreateWorkflow, lockKey: volumeLock(volume), input }
}

async function requireZone(tx: Tx, zoneId: number, { caller, pool, vm }: NewVolume): Promise<void> {
  const zone = await tx.selectFrom('data_center').selectAll().where('id', '=', zoneId).executeTakeFirstOrThrow()
  if (zone.allocation_state !== 'Enabled' && caller.roleType !== 'Admin') {
    throw apiFailure('api.permission', `Cannot perform this operation, Zone is currently disabled: ${zone.name}`)
  }
  if (pool !== undefined && pool.data_center_id !== zoneId) {
    throw volumeFailure('volume.pool', `Storage pool ${pool.name} is not in zone ${zone.name}`)
  }
  if (vm !== undefined && vm.data_center_id !== zoneId) {
    throw volumeFailure('volume.attach', `Virtual machine ${vm.name} is not in zone ${zone.name}`)
  }
}

function requireUuid(text: string): string {
  const uuid = text.toLowerCase()
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) return uuid
  throw apiFailure('api.parameter', `customid is not a UUID: ${text}`, { seen: text })
}

async function insertUnique(customId: string | undefined, insert: () => Promise<number>): Promise<number> {
  try {
    return await insert()
  } catch (error) {
    if (customId === undefined || !isUniqueViolation(error)) throw error
    throw apiFailure('api.parameter', `customid ${customId} is in use`, { seen: customId, cause: error })
  }
}
