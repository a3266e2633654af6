import { sql } from 'kysely'
import type { Tx } from '../db/database.ts'

/** What one VM takes of a host: MHz, bytes, cores. */
export type Claim = { readonly cpu: number; readonly memory: number; readonly cores: number }

/** How far a host may be filled: effective total = total x ratio. */
export type ClaimLimits = {
  readonly cpuRatio: number
  readonly memoryRatio: number
  readonly maxGuests: number
  /**
   * The host must still be Up and in one of these resource states: the snapshot that chose it may be a second old, and
   * maintenance may have begun since. Absent: not asked.
   */
  readonly resourceStates?: readonly string[]
}

/**
 * Takes a claim of a host in one conditional UPDATE, so that parallel claims never exceed the limits whatever snapshot
 * they were planned on. False: it no longer fits, plan again.
 */
export async function claimHost(tx: Tx, hostId: number, claim: Claim, limits: ClaimLimits): Promise<boolean> {
  const { resourceStates } = limits
  const result = await tx
    .updateTable('host_capacity')
    .set({
      cpu_used: sql<number>`cpu_used + ${claim.cpu}`,
      memory_used: sql<number>`memory_used + ${claim.memory}`,
      cores_used: sql<number>`cores_used + ${claim.cores}`,
      vms: sql<number>`vms + 1`,
    })
    .where('host_id', '=', hostId)
    .where(sql<boolean>`cpu_used + cpu_reserved + ${claim.cpu} <= cpu_total * ${limits.cpuRatio}`)
    .where(sql<boolean>`memory_used + memory_reserved + ${claim.memory} <= memory_total * ${limits.memoryRatio}`)
    .where('vms', '<', limits.maxGuests)
    .$if(resourceStates !== undefined, (update) =>
      update.where((e) =>
        e.exists(
          e
            .selectFrom('host')
            .select('host.id')
            .whereRef('host.id', '=', 'host_capacity.host_id')
            .where('host.status', '=', 'Up')
            .where('host.resource_state', 'in', resourceStates ?? []),
        ),
      ),
    )
    .executeTakeFirst()
  return Number(result.numUpdatedRows) === 1
}

/** Claims without a limit: a guest was seen running there, so the host has paid already. */
export async function claimHostAsSeen(tx: Tx, hostId: number, claim: Claim): Promise<void> {
  await changeUsed(tx, hostId, claim, 1)
}

/** Gives a claim back. A host that is gone has nothing to give back to. */
export async function releaseHost(tx: Tx, hostId: number, claim: Claim): Promise<void> {
  await changeUsed(tx, hostId, claim, -1)
}

/** A stopped VM keeps room on its last host: the claim moves from used to reserved. */
export async function reserveHost(tx: Tx, hostId: number, claim: Claim): Promise<void> {
  await changeUsed(tx, hostId, claim, -1)
  await changeReserved(tx, hostId, claim, 1)
}

export async function releaseReservation(tx: Tx, hostId: number, claim: Claim): Promise<void> {
  await changeReserved(tx, hostId, claim, -1)
}

async function changeUsed(tx: Tx, hostId: number, claim: Claim, sign: 1 | -1): Promise<void> {
  await tx
    .updateTable('host_capacity')
    .set({
      cpu_used: sql<number>`cpu_used + ${sign * claim.cpu}`,
      memory_used: sql<number>`memory_used + ${sign * claim.memory}`,
      cores_used: sql<number>`cores_used + ${sign * claim.cores}`,
      vms: sql<number>`vms + ${sign}`,
    })
    .where('host_id', '=', hostId)
    .execute()
}

/** Cores and guests are not reserved: they limit what runs, not what may run again. */
async function changeReserved(tx: Tx, hostId: number, claim: Claim, sign: 1 | -1): Promise<void> {
  await tx
    .updateTable('host_capacity')
    .set({
      cpu_reserved: sql<number>`cpu_reserved + ${sign * claim.cpu}`,
      memory_reserved: sql<number>`memory_reserved + ${sign * claim.memory}`,
    })
    .where('host_id', '=', hostId)
    .execute()
}

/** Whether volumes of the pool may be used now; a plan may be a second old, and a pool in maintenance is detached. */
export async function poolServes(tx: Tx, poolId: number): Promise<boolean> {
  const row = await tx
    .selectFrom('storage_pool')
    .select('status')
    .where('id', '=', poolId)
    .where('removed', 'is', null)
    .executeTakeFirst()
  return row?.status === 'Up' || row?.status === 'Disabled'
}

/** Takes space of a pool; false when it would pass `limitBytes` (capacity x over-provisioning x threshold). */
export async function claimPool(tx: Tx, poolId: number, bytes: number, limitBytes: number): Promise<boolean> {
  const result = await tx
    .updateTable('storage_pool')
    .set({ allocated_bytes: sql<number>`allocated_bytes + ${bytes}` })
    .where('id', '=', poolId)
    .where('status', '=', 'Up')
    .where('removed', 'is', null)
    .where(sql<boolean>`allocated_bytes + ${bytes} <= ${limitBytes}`)
    .executeTakeFirst()
  return Number(result.numUpdatedRows) === 1
}

/** Takes space without a limit: what it is for is being made already. */
export async function claimPoolAsSeen(tx: Tx, poolId: number, bytes: number): Promise<void> {
  await releasePool(tx, poolId, -bytes)
}

export async function releasePool(tx: Tx, poolId: number, bytes: number): Promise<void> {
  await tx
    .updateTable('storage_pool')
    .set({ allocated_bytes: sql<number>`allocated_bytes + ${-bytes}` })
    .where('id', '=', poolId)
    .execute()
}
