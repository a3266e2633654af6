import type { Queries, Row } from '../db/database.ts'
import { hostDetailNames } from './check-subject.service.ts'

/** Hardened hosts, of one pod or of all. */
export async function hardenedHosts(db: Queries, podIds?: readonly number[]): Promise<Row<'host'>[]> {
  let query = db
    .selectFrom('host')
    .innerJoin('host_details as detail', (join) =>
      join.onRef('detail.host_id', '=', 'host.id').on('detail.name', '=', hostDetailNames.guard),
    )
    .selectAll('host')
    .where('host.removed', 'is', null)
    .where('detail.value', '=', 'true')
  if (podIds !== undefined) query = query.where('host.pod_id', 'in', [...podIds])
  return await query.orderBy('host.id').execute()
}

export async function podOf(db: Queries, hostId: number): Promise<number | undefined> {
  const row = await db.selectFrom('host').select('pod_id').where('id', '=', hostId).executeTakeFirst()
  return row?.pod_id
}
