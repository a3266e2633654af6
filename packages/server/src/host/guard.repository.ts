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

/** Pods of the hosts, each once. */
export async function podsOf(db: Queries, hostIds: readonly number[]): Promise<number[]> {
  const pods = new Set<number>()
  for (let from = 0; from < hostIds.length; from += 500) {
    const part = hostIds.slice(from, from + 500)
    const rows = await db.selectFrom('host').select('pod_id').distinct().where('id', 'in', part).execute()
    for (const row of rows) pods.add(row.pod_id)
  }
  return [...pods]
}
