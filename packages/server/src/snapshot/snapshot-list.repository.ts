import { inScope } from '../auth/ownership.ts'
import type { OwnershipScope } from '../command/handler.ts'
import type { Queries } from '../db/database.ts'
import { keywordPattern, type Page } from '../db/page.ts'
import { carriesTag, type TagPair } from '../tag/index.ts'

export type SnapshotFilter = {
  readonly scope: OwnershipScope
  readonly ids?: readonly number[] | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly volumeId?: number | undefined
  readonly zoneId?: number | undefined
  readonly poolId?: number | undefined
  /** Null: the server's own store. */
  readonly storeId?: number | null | undefined
  /** MANUAL, HOURLY… */
  readonly interval?: string | undefined
  readonly recurring?: boolean | undefined
  readonly location?: string | undefined
  readonly tags?: readonly TagPair[] | undefined
}

/** One page of snapshots with the names of what they refer to. */
export async function selectSnapshots(db: Queries, filter: SnapshotFilter, page: Page) {
  if (filter.ids?.length === 0) return { count: 0, rows: [] }
  let query = db
    .selectFrom('snapshots')
    .where('snapshots.removed', 'is', null)
    .where(inScope(filter.scope, { account: 'snapshots.account_id', domain: 'snapshots.domain_id' }))
  const exact = [
    ['snapshots.name', filter.name],
    ['snapshots.volume_id', filter.volumeId],
    ['snapshots.data_center_id', filter.zoneId],
    ['snapshots.type_description', filter.interval],
    ['snapshots.location_type', filter.location],
  ] as const
  for (const [column, value] of exact) if (value !== undefined) query = query.where(column, '=', value)
  if (filter.ids !== undefined) query = query.where('snapshots.id', 'in', [...filter.ids])
  if (filter.keyword !== undefined) query = query.where('snapshots.name', 'like', keywordPattern(filter.keyword))
  if (filter.tags !== undefined) query = query.where(carriesTag('snapshots.uuid', filter.tags))
  if (filter.recurring !== undefined) {
    query = query.where('snapshots.type_description', filter.recurring ? '!=' : '=', 'MANUAL')
  }
  if (filter.storeId !== undefined) {
    const { storeId } = filter
    query = query.where((eb) =>
      eb(
        'snapshots.id',
        'in',
        eb
          .selectFrom('snapshot_store_ref')
          .select('snapshot_store_ref.snapshot_id')
          .where('snapshot_store_ref.store_id', storeId === null ? 'is' : '=', storeId),
      ),
    )
  }
  if (filter.poolId !== undefined) {
    const { poolId } = filter
    query = query.where((eb) =>
      eb(
        'snapshots.volume_id',
        'in',
        eb.selectFrom('volumes').select('volumes.id').where('volumes.pool_id', '=', poolId),
      ),
    )
  }
  const total = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const count = Number(total.total)
  if (count <= page.offset) return { count, rows: [] }
  const found = await query
    .select('snapshots.id')
    .orderBy('snapshots.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute()
  return {
    count,
    rows: await selectSnapshotRows(
      db,
      found.map((row) => row.id),
    ),
  }
}

export type SnapshotRow = Awaited<ReturnType<typeof selectSnapshotRows>>[number]

export async function selectSnapshotRows(db: Queries, ids: readonly number[]) {
  if (ids.length === 0) return []
  return await db
    .selectFrom('snapshots as snapshot')
    .leftJoin('account', 'account.id', 'snapshot.account_id')
    .leftJoin('domain', 'domain.id', 'snapshot.domain_id')
    .leftJoin('data_center as zone', 'zone.id', 'snapshot.data_center_id')
    .leftJoin('volumes as volume', 'volume.id', 'snapshot.volume_id')
    .leftJoin('vm_template as template', 'template.id', 'snapshot.template_id')
    .leftJoin('guest_os as os', 'os.id', 'template.guest_os_id')
    .leftJoin('snapshot_store_ref as store', 'store.snapshot_id', 'snapshot.id')
    .leftJoin('image_store', 'image_store.id', 'store.store_id')
    .select([
      'snapshot.id',
      'snapshot.uuid',
      'snapshot.name',
      'snapshot.status',
      'snapshot.type_description',
      'snapshot.location_type',
      'snapshot.size',
      'snapshot.created',
      'account.account_name',
      'domain.uuid as domain_uuid',
      'domain.name as domain_name',
      'domain.path as domain_path',
      'zone.uuid as zone_uuid',
      'zone.name as zone_name',
      'volume.uuid as volume_uuid',
      'volume.name as volume_name',
      'volume.volume_type',
      'volume.state as volume_state',
      'volume.removed as volume_removed',
      'os.uuid as os_uuid',
      'os.display_name as os_name',
      'image_store.uuid as store_uuid',
      'image_store.name as store_name',
      'store.install_path',
      'store.physical_size',
      'store.sha256',
    ])
    .where('snapshot.id', 'in', [...ids])
    .orderBy('snapshot.id')
    .execute()
}
