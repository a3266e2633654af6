import type { Insertable } from 'kysely'
import type { Database, Queries } from '../db/database.ts'

/** An attempt of a run to start a VM on a host. */
export async function insertVmPlacement(db: Queries, placement: Insertable<Database['vm_placement']>): Promise<void> {
  await db.insertInto('vm_placement').values(placement).execute()
}

/** Why the run left that host again. */
export async function noteVmPlacementFailure(
  db: Queries,
  attempt: { readonly runId: string; readonly hostId: number },
  failure: { readonly code: string; readonly seen: string },
): Promise<void> {
  await db
    .updateTable('vm_placement')
    .set({ failure_code: failure.code, failure_seen: failure.seen.slice(0, 1024) })
    .where('run_id', '=', attempt.runId)
    .where('host_id', '=', attempt.hostId)
    .execute()
}
