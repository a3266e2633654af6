import { sql } from 'kysely'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { transact } from '../db/transaction.ts'
import { releaseReservation } from './claims.ts'

export type HostClaims = {
  readonly hostId: number
  readonly cpuUsed: number
  readonly memoryUsed: number
  readonly coresUsed: number
  readonly vms: number
  readonly cpuReserved: number
  readonly memoryReserved: number
}

const none = { cpuUsed: 0, memoryUsed: 0, coresUsed: 0, vms: 0, cpuReserved: 0, memoryReserved: 0 } as const

/** What host_capacity says. */
export async function recordedClaims(db: Queries): Promise<readonly HostClaims[]> {
  const rows = await db.selectFrom('host_capacity').selectAll().orderBy('host_id').execute()
  return rows.map((row) => ({
    hostId: row.host_id,
    cpuUsed: row.cpu_used,
    memoryUsed: row.memory_used,
    coresUsed: row.cores_used,
    vms: row.vms,
    cpuReserved: row.cpu_reserved,
    memoryReserved: row.memory_reserved,
  }))
}

/**
 * What the VMs' rows say: a VM claims its host; while it migrates, its last host (the source) as well; a stopped one may
 * have a reservation.
 */
export async function claimsOfVms(db: Queries): Promise<ReadonlyMap<number, HostClaims>> {
  const claims = new Map<number, HostClaims>()
  const add = (hostId: number, more: Partial<HostClaims>): void => {
    const before = claims.get(hostId) ?? { hostId, ...none }
    claims.set(hostId, {
      hostId,
      cpuUsed: before.cpuUsed + (more.cpuUsed ?? 0),
      memoryUsed: before.memoryUsed + (more.memoryUsed ?? 0),
      coresUsed: before.coresUsed + (more.coresUsed ?? 0),
      vms: before.vms + (more.vms ?? 0),
      cpuReserved: before.cpuReserved + (more.cpuReserved ?? 0),
      memoryReserved: before.memoryReserved + (more.memoryReserved ?? 0),
    })
  }
  for (const [column, onlyMigrating] of [
    ['host_id', false],
    ['last_host_id', true],
  ] as const) {
    let query = db
      .selectFrom('vm_instance')
      .select([
        `${column} as host`,
        sql<number>`sum(claimed_cpu)`.as('cpu'),
        sql<number>`sum(claimed_memory)`.as('memory'),
        sql<number>`sum(claimed_cores)`.as('cores'),
        sql<number>`count(*)`.as('vms'),
      ])
      .where(column, 'is not', null)
      .where('removed', 'is', null)
    if (onlyMigrating) query = query.where('state', '=', 'Migrating')
    for (const row of await query.groupBy(column).execute()) {
      add(Number(row.host), {
        cpuUsed: Number(row.cpu),
        memoryUsed: Number(row.memory),
        coresUsed: Number(row.cores),
        vms: Number(row.vms),
      })
    }
  }
  const reserved = await db
    .selectFrom('vm_instance')
    .select([
      'reserved_host_id',
      sql<number>`sum(claimed_cpu)`.as('cpu'),
      sql<number>`sum(claimed_memory)`.as('memory'),
    ])
    .where('reserved_host_id', 'is not', null)
    .where('removed', 'is', null)
    .groupBy('reserved_host_id')
    .execute()
  for (const row of reserved) {
    add(Number(row.reserved_host_id), { cpuReserved: Number(row.cpu), memoryReserved: Number(row.memory) })
  }
  return claims
}

/** Hosts whose record differs from their VMs. Pure. */
export function wrongClaims(
  recorded: readonly HostClaims[],
  claims: ReadonlyMap<number, HostClaims>,
): readonly { readonly recorded: HostClaims; readonly right: HostClaims }[] {
  return recorded
    .map((row) => ({ recorded: row, right: claims.get(row.hostId) ?? { hostId: row.hostId, ...none } }))
    .filter(({ recorded: row, right }) =>
      (['cpuUsed', 'memoryUsed', 'coresUsed', 'vms', 'cpuReserved', 'memoryReserved'] as const).some(
        (field) => row[field] !== right[field],
      ),
    )
}

/**
 * Compares every host's record with its VMs in one transaction and corrects what differs; answers what was wrong. A
 * claim that changed meanwhile makes the correction of that host wait for the next time.
 */
export async function recalculateCapacity(
  ctx: ServerContext,
): Promise<readonly { readonly hostId: number; readonly was: HostClaims; readonly is: HostClaims }[]> {
  return transact(ctx, async (tx) => {
    const corrected: { hostId: number; was: HostClaims; is: HostClaims }[] = []
    for (const { recorded, right } of wrongClaims(await recordedClaims(tx), await claimsOfVms(tx))) {
      const result = await tx
        .updateTable('host_capacity')
        .set({
          cpu_used: right.cpuUsed,
          memory_used: right.memoryUsed,
          cores_used: right.coresUsed,
          vms: right.vms,
          cpu_reserved: right.cpuReserved,
          memory_reserved: right.memoryReserved,
        })
        .where('host_id', '=', recorded.hostId)
        .where('cpu_used', '=', recorded.cpuUsed)
        .where('memory_used', '=', recorded.memoryUsed)
        .where('vms', '=', recorded.vms)
        .where('cpu_reserved', '=', recorded.cpuReserved)
        .executeTakeFirst()
      if (Number(result.numUpdatedRows) === 1) corrected.push({ hostId: recorded.hostId, was: recorded, is: right })
    }
    return corrected
  })
}

/** Ends reservations of VMs stopped longer than `capacity.skipcounting.hours`, which is in seconds despite its name. */
export async function dropOldReservations(ctx: ServerContext): Promise<number> {
  const seconds = await ctx.config.number('capacity.skipcounting.hours')
  const before = ctx.runtime.now() - seconds * 1000
  const old = await ctx.db
    .selectFrom('vm_instance')
    .select('id')
    .where('reserved_host_id', 'is not', null)
    .where('update_time', '<', before)
    .limit(1000)
    .execute()
  for (const { id } of old) {
    await transact(ctx, async (tx) => {
      const vm = await tx.selectFrom('vm_instance').selectAll().where('id', '=', id).executeTakeFirst()
      if (vm?.reserved_host_id == null || (vm.update_time ?? 0) >= before) return
      const result = await tx
        .updateTable('vm_instance')
        .set({ reserved_host_id: null })
        .where('id', '=', id)
        .where('reserved_host_id', '=', vm.reserved_host_id)
        .where('update_count', '=', vm.update_count)
        .executeTakeFirst()
      if (Number(result.numUpdatedRows) !== 1) return
      await releaseReservation(tx, vm.reserved_host_id, {
        cpu: vm.claimed_cpu,
        memory: vm.claimed_memory,
        cores: vm.claimed_cores,
      })
    })
  }
  return old.length
}
