import { apiFailure, volumeFailure } from '@altostack/core'
import { requireWithinLimits } from '../account/resource-limits.ts'
import type { Caller } from '../command/caller.ts'
import type { Submission } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Row, Tx } from '../db/database.ts'
import { isUniqueViolation } from '../db/errors.ts'
import { beginAttach } from './begin-attach.ts'
import { placeVolume } from './place-volume.ts'
import { insertVolume } from './volume.repository.ts'
import { beginCreate } from './volume.service.ts'
import { requireVolume } from './volume-calls.ts'
import { volumeLock } from './volume-lock.ts'
import { chooseSite } from './volume-site.ts'
import { offeredBytes, requireDiskOffering } from './volume-size.ts'
import { volumeAttachWorkflow } from './workflows/volume-attach.ts'
import { volumeCreateWorkflow } from './workflows/volume-create.ts'

export type NewVolume = {
  readonly caller: Caller
  readonly owner: { readonly accountId: number; readonly domainId: number }
  readonly zoneId: number
  readonly offering: Row<'disk_offering'>
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
  await requireDiskOffering(tx, offering, zoneId)
  const bytes = await offeredBytes(tx, ctx, offering, wish.sizeGib)
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
      disk_offering_id: offering.id,
      size: bytes,
      format: 'QCOW2',
      provisioning_type: offering.provisioning_type,
      display_volume: wish.display ? 1 : 0,
      created: now,
      updated: now,
    }),
  )
  const volume = await requireVolume(tx, id)
  const common = { instance: { type: 'Volume', id, uuid }, owner }
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
