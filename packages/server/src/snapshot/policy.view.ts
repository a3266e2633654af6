import type { ResponseValue, snapshotPolicyResponse } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { withTags } from '../tag/index.ts'

export type PolicyView = ResponseValue<typeof snapshotPolicyResponse>

/** Policies as answers. */
export async function policyViews(db: Queries, ids: readonly number[]): Promise<PolicyView[]> {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('snapshot_policy as policy')
    .leftJoin('volumes as volume', 'volume.id', 'policy.volume_id')
    .selectAll('policy')
    .select(['volume.uuid as volume_uuid', 'volume.name as volume_name'])
    .where('policy.id', 'in', [...ids])
    .orderBy('policy.id')
    .execute()
  const views = rows.map((row) => ({
    id: row.uuid,
    volumeid: row.volume_uuid,
    volumename: row.volume_name,
    schedule: row.schedule,
    intervaltype: row.interval,
    maxsnaps: row.max_snaps,
    timezone: row.timezone,
    fordisplay: row.display === 1,
    nextrun: row.next_run,
    hasannotations: false,
  }))
  return await withTags(db, views)
}
