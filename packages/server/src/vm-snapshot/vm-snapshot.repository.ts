import type { Insertable } from 'kysely'
import { inScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { Database, Queries } from '../db/database.ts'
import { keywordPattern, type Page } from '../db/page.ts'
import { carriesTag, type TagPair } from '../tag/index.ts'
import type { VmSnapshot } from './vm-snapshot.states.ts'

export async function vmSnapshotsOf(db: Queries, vmId: number): Promise<readonly VmSnapshot[]> {
  return await db
    .selectFrom('vm_snapshots')
    .selectAll()
    .where('vm_id', '=', vmId)
    .where('removed', 'is', null)
    .orderBy('id')
    .execute()
}

export async function insertVmSnapshot(db: Queries, row: Insertable<Database['vm_snapshots']>): Promise<number> {
  return Number((await db.insertInto('vm_snapshots').values(row).executeTakeFirstOrThrow()).insertId)
}

/** What came from this snapshot comes from what it came from. */
export async function passOnChildren(db: Queries, { id, parent }: Pick<VmSnapshot, 'id' | 'parent'>): Promise<void> {
  await db.updateTable('vm_snapshots').set({ parent }).where('parent', '=', id).execute()
}

export type VmSnapshotFilter = {
  readonly scope: OwnershipScope
  readonly id?: number | undefined
  readonly ids?: readonly number[] | undefined
  readonly vmId?: number | undefined
  readonly state?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly tags?: readonly TagPair[] | undefined
}

/** One page of VM snapshots. */
export async function selectVmSnapshots(
  db: Queries,
  filter: VmSnapshotFilter,
  page: Page,
): Promise<{ readonly count: number; readonly ids: readonly number[] }> {
  let query = db
    .selectFrom('vm_snapshots')
    .where('vm_snapshots.removed', 'is', null)
    .where(inScope(filter.scope, { account: 'vm_snapshots.account_id', domain: 'vm_snapshots.domain_id' }))
  if (filter.id !== undefined) query = query.where('vm_snapshots.id', '=', filter.id)
  if (filter.ids !== undefined) query = query.where('vm_snapshots.id', 'in', [...filter.ids])
  if (filter.vmId !== undefined) query = query.where('vm_snapshots.vm_id', '=', filter.vmId)
  if (filter.state !== undefined) query = query.where('vm_snapshots.state', '=', filter.state)
  if (filter.tags !== undefined) query = query.where(carriesTag('vm_snapshots.uuid', filter.tags))
  const { name, keyword } = filter
  if (name !== undefined) {
    query = query.where((eb) => eb.or([eb('vm_snapshots.display_name', '=', name), eb('vm_snapshots.name', '=', name)]))
  }
  if (keyword !== undefined) query = query.where('vm_snapshots.display_name', 'like', keywordPattern(keyword))
  const total = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const rows = await query
    .select('vm_snapshots.id')
    .orderBy('vm_snapshots.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute()
  return { count: Number(total.total), ids: rows.map((row) => row.id) }
}
