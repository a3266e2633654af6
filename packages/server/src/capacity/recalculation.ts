import { sql } from 'kysely'
import type { ServerContext } from '../context.ts'
import type { Queries, Tx } from '../db/database.ts'
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

/** Hosts by their ids, both ends included. */
export type HostRange = { readonly from: number; readonly to: number }
const everyHost: HostRange = { from: 0, to: Number.MAX_SAFE_INTEGER }

/** What host_capacity says, in the order of host ids; at most `limit` of them. */
export async function recordedClaims(
  db: Queries,
  { from, to }: HostRange = everyHost,
  limit = Number.MAX_SAFE_INTEGER,
): Promise<readonly HostClaims[]> {
  const rows = await db
    .selectFrom('host_capacity')
    .selectAll()
    .where('host_id', '>=', from)
    .where('host_id', '<=', to)
    .orderBy('host_id')
    .limit(limit)
    .execute()
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
export async function claimsOfVms(
  db: Queries,
  { from, to }: HostRange = everyHost,
): Promise<ReadonlyMap<number, HostClaims>> {
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
      .where(column, '>=', from)
      .where(column, '<=', to)
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
    .where('reserved_host_id', '>=', from)
    .where('reserved_host_id', '<=', to)
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

/** More hosts in one transaction would hold the writer, and on SQLite the whole process, for too long. */
const hostsATime = 250

/**
 * Compares every host's record with its VMs and corrects what differs, some hosts a transaction; answers what was wrong.
 * A claim that changed meanwhile makes the correction of that host wait for the next time.
 */
export async function recalculateCapacity(
  ctx: Pick<ServerContext, 'db' | 'runtime'>,
): Promise<readonly { readonly hostId: number; readonly was: HostClaims; readonly is: HostClaims }[]> {
  const corrected: { hostId: number; was: HostClaims; is: HostClaims }[] = []
  for (let from = 0; ; ) {
    const { last, wrong } = await transact(ctx, (tx) => correctSome(tx, from))
    corrected.push(...wrong)
    if (last === undefined) return corrected
    from = last + 1
    // Whoever waits for an answer comes first.
    await ctx.runtime.sleep(0)
  }
}

async function correctSome(
  tx: Tx,
  from: number,
): Promise<{
  readonly last: number | undefined
  readonly wrong: { readonly hostId: number; readonly was: HostClaims; readonly is: HostClaims }[]
}> {
  const recorded = await recordedClaims(tx, { ...everyHost, from }, hostsATime)
  const last = recorded.at(-1)?.hostId
  if (last === undefined) return { last, wrong: [] }
  const corrected: { hostId: number; was: HostClaims; is: HostClaims }[] = []
  for (const { recorded: was, right: is } of wrongClaims(recorded, await claimsOfVms(tx, { from, to: last }))) {
    const result = await tx
      .updateTable('host_capacity')
      .set({
        cpu_used: is.cpuUsed,
        memory_used: is.memoryUsed,
        cores_used: is.coresUsed,
        vms: is.vms,
        cpu_reserved: is.cpuReserved,
        memory_reserved: is.memoryReserved,
      })
      .where('host_id', '=', was.hostId)
      .where('cpu_used', '=', was.cpuUsed)
      .where('memory_used', '=', was.memoryUsed)
      .where('vms', '=', was.vms)
      .where('cpu_reserved', '=', was.cpuReserved)
      .executeTakeFirst()
    if (Number(result.numUpdatedRows) === 1) corrected.push({ hostId: was.hostId, was, is })
  }
  return { last: recorded.length < hostsATime ? undefined : last, wrong: corrected }
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
