import type { Queries } from '../db/database.ts'

type Named = { readonly id: number; readonly uuid: string; readonly name: string }

/** Virtual machines that are, or may be, running on a host. */
export async function activeGuests(db: Queries, hostId: number): Promise<Named[]> {
  return await db
    .selectFrom('vm_instance')
    .select(['id', 'uuid', 'name'])
    .where('host_id', '=', hostId)
    .where('removed', 'is', null)
    .where('state', 'not in', ['Stopped', 'Destroyed', 'Expunging', 'Expunged', 'Error'])
    .orderBy('id')
    .execute()
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
