import type { Queries } from '../db/database.ts'
import type { KnownVm } from './power-plan.ts'

/** VMs that a report names, removed ones too, and those that the rows place on the host. */
export async function knownVms(
  db: Queries,
  hostId: number,
  instanceNames: readonly string[],
  complete: boolean,
): Promise<readonly KnownVm[]> {
  const columns = ['id', 'uuid', 'instance_name', 'state', 'removed', 'host_id', 'generation'] as const
  const named =
    instanceNames.length === 0
      ? []
      : await db
          .selectFrom('vm_instance')
          .select(columns)
          .where('instance_name', 'in', [...instanceNames])
          .execute()
  const placed = complete
    ? await db
        .selectFrom('vm_instance')
        .select(columns)
        .where('host_id', '=', hostId)
        .where('removed', 'is', null)
        .execute()
    : []
  const rows = [...new Map([...named, ...placed].map((row) => [row.id, row])).values()]
  if (rows.length === 0) return []
  const locks = await db.selectFrom('workflow_lock').select('lock_key').where('lock_key', 'like', 'vm:%').execute()
  const held = new Set(locks.map((lock) => lock.lock_key))
  return rows.map((row) => ({
    id: row.id,
    uuid: row.uuid,
    instanceName: row.instance_name,
    state: row.state,
    removed: row.removed !== null,
    hostId: row.host_id,
    generation: row.generation,
    busy: held.has(`vm:${row.id}`),
  }))
}
