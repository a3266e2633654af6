import type { Queries, Row } from '../db/database.ts'
import { hostDetailNames } from './check-subject.service.ts'

/** Every hardened host. */
export async function hardenedHosts(db: Queries): Promise<Row<'host'>[]> {
  return await db
    .selectFrom('host')
    .innerJoin('host_details as detail', (join) =>
      join.onRef('detail.host_id', '=', 'host.id').on('detail.name', '=', hostDetailNames.guard),
    )
    .selectAll('host')
    .where('host.removed', 'is', null)
    .where('detail.value', '=', 'true')
    .orderBy('host.id')
    .execute()
}

export async function podOf(db: Queries, hostId: number): Promise<number | undefined> {
  const row = await db.selectFrom('host').select('pod_id').where('id', '=', hostId).executeTakeFirst()
  return row?.pod_id
}
