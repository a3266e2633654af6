import type { ResponseValue, snapshotResponse } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { findOwnStore, type ImageStore } from '../image-store/index.ts'
import { shownDomainPath } from '../inventory/index.ts'
import { withTags } from '../tag/index.ts'
import { type SnapshotRow, selectSnapshotRows } from './snapshot-list.repository.ts'

export type SnapshotView = ResponseValue<typeof snapshotResponse>

/** Snapshots as answers: a fixed number of queries, whatever the length of the page. */
export async function snapshotViews(db: Queries, ids: readonly number[]): Promise<SnapshotView[]> {
  return await snapshotRowViews(db, await selectSnapshotRows(db, ids))
}

export async function snapshotRowViews(db: Queries, rows: readonly SnapshotRow[]): Promise<SnapshotView[]> {
  const own = await findOwnStore(db)
  return await withTags(
    db,
    rows.map((row) => snapshotView(row, own)),
  )
}

function snapshotView(row: SnapshotRow, own: ImageStore | undefined): SnapshotView {
  const stored = row.install_path !== null
  return {
    id: row.uuid,
    account: row.account_name,
    domainid: row.domain_uuid,
    domain: row.domain_name,
    domainpath: row.domain_path === null ? null : shownDomainPath(row.domain_path),
    snapshottype: row.type_description === 'MANUAL' ? 'MANUAL' : 'RECURRING',
    volumeid: row.volume_uuid,
    volumename: row.volume_name,
    volumetype: row.volume_type,
    volumestate: row.volume_state,
    created: row.created,
    name: row.name,
    intervaltype: row.type_description,
    locationtype: row.location_type,
    state: row.status,
    status: row.status,
    physicalsize: row.physical_size ?? 0,
    zoneid: row.zone_uuid,
    zonename: row.zone_name,
    revertable: row.status === 'BackedUp' && row.volume_removed === null,
    ostypeid: row.os_uuid,
    osdisplayname: row.os_name,
    virtualsize: row.size,
    ...(stored
      ? {
          datastoreid: row.store_uuid ?? own?.uuid,
          datastorename: row.store_name ?? own?.name,
          datastorestate: 'Ready',
          datastoretype: 'Image',
        }
      : {}),
    checksum: row.sha256,
    hasannotations: false,
  }
}
