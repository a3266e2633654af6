import type { Queries, Row } from '../db/database.ts'

type Named = { readonly id: number; readonly uuid: string; readonly name: string }

/** A VM in one of these runs nowhere. */
const settled = ['Stopped', 'Destroyed', 'Expunging', 'Expunged', 'Error']

/** Virtual machines that are, or may be, running on a host. */
export async function activeGuests(db: Queries, hostId: number): Promise<Row<'vm_instance'>[]> {
  return await db
    .selectFrom('vm_instance')
    .selectAll()
    .where('host_id', '=', hostId)
    .where('removed', 'is', null)
    .where('state', 'not in', settled)
    .orderBy('id')
    .execute()
}

/** Virtual machines that ran on a host last do not look for it at their next start. */
export async function forgetLastHost(db: Queries, hostId: number): Promise<void> {
  await db
    .updateTable('vm_instance')
    .set({ last_host_id: null })
    .where('last_host_id', '=', hostId)
    .where('state', 'in', settled)
    .execute()
}

/** Ids of the virtual machines with a volume on a pool that only this host has. */
export async function vmsOnLocalPools(db: Queries, hostId: number): Promise<number[]> {
  const rows = await db
    .selectFrom('volumes')
    .innerJoin('storage_pool', 'storage_pool.id', 'volumes.pool_id')
    .select('volumes.instance_id')
    .distinct()
    .where('storage_pool.host_id', '=', hostId)
    .where('volumes.removed', 'is', null)
    .execute()
  return rows.map((row) => row.instance_id).filter((id) => id !== null)
}

/** Volumes on pools that only this host has. */
export async function localVolumes(db: Queries, hostId: number): Promise<Named[]> {
  return await db
    .selectFrom('volumes')
    .innerJoin('storage_pool', 'storage_pool.id', 'volumes.pool_id')
    .select(['volumes.id as id', 'volumes.uuid as uuid', 'volumes.name as name'])
    .where('storage_pool.host_id', '=', hostId)
    .where('volumes.removed', 'is', null)
    .where('volumes.state', 'not in', ['Expunged'])
    .execute()
}
