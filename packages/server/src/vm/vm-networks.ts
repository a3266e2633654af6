import type { Queries } from '../db/database.ts'

/** Networks that the VM has a NIC in. */
export async function networksOfVm(db: Queries, vmId: number): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('nics')
    .select('network_id')
    .where('instance_id', '=', vmId)
    .where('removed', 'is', null)
    .execute()
  return rows.map((row) => row.network_id)
}
