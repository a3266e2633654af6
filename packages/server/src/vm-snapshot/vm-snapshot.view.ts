import type { ResponseValue, vmSnapshotResponse } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { shownDomainPath } from '../inventory/index.ts'
import { withTags } from '../tag/index.ts'

export type VmSnapshotView = ResponseValue<typeof vmSnapshotResponse>

/** VM snapshots as answers: a fixed number of queries, whatever the length of the page. */
export async function vmSnapshotViews(db: Queries, ids: readonly number[]): Promise<VmSnapshotView[]> {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('vm_snapshots as snapshot')
    .leftJoin('vm_snapshots as parent', 'parent.id', 'snapshot.parent')
    .leftJoin('vm_instance as vm', 'vm.id', 'snapshot.vm_id')
    .leftJoin('account', 'account.id', 'snapshot.account_id')
    .leftJoin('domain', 'domain.id', 'snapshot.domain_id')
    .leftJoin('data_center as zone', 'zone.id', 'snapshot.data_center_id')
    .selectAll('snapshot')
    .select([
      'parent.uuid as parent_uuid',
      'parent.display_name as parent_name',
      'parent.removed as parent_removed',
      'vm.uuid as vm_uuid',
      'vm.display_name as vm_name',
      'vm.hypervisor_type',
      'account.account_name',
      'domain.uuid as domain_uuid',
      'domain.name as domain_name',
      'domain.path as domain_path',
      'zone.uuid as zone_uuid',
      'zone.name as zone_name',
    ])
    .where('snapshot.id', 'in', [...ids])
    .orderBy('snapshot.id')
    .execute()
  const views = rows.map((row) => ({
    id: row.uuid,
    name: row.name,
    state: row.state,
    description: row.description,
    displayname: row.display_name ?? row.name,
    zoneid: row.zone_uuid,
    zonename: row.zone_name,
    virtualmachineid: row.vm_uuid,
    virtualmachinename: row.vm_name,
    parent: row.parent_removed === null ? row.parent_uuid : null,
    parentName: row.parent_removed === null ? row.parent_name : null,
    current: row.current === 1,
    type: row.vm_snapshot_type,
    created: row.created,
    account: row.account_name,
    domainid: row.domain_uuid,
    domain: row.domain_name,
    domainpath: row.domain_path === null ? null : shownDomainPath(row.domain_path),
    hypervisor: row.hypervisor_type,
    hasannotations: false,
  }))
  return await withTags(db, views)
}
