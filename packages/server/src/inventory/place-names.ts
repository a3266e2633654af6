import type { Queries } from '../db/database.ts'

export type PlaceName = { readonly uuid: string; readonly name: string }
type PlaceTable = 'data_center' | 'host_pod_ref' | 'cluster' | 'physical_network' | 'networks' | 'network_offerings'

/** Uuid and name of places by id, removed ones included, so that an old object still tells where it was. */
export async function placeNames(
  db: Queries,
  table: PlaceTable,
  ids: readonly (number | null)[],
): Promise<Map<number, PlaceName>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))]
  if (wanted.length === 0) return new Map()
  const rows = await db.selectFrom(table).select(['id', 'uuid', 'name']).where('id', 'in', wanted).execute()
  return new Map(rows.map((row) => [row.id, row]))
}

/** Ids of places by uuid. */
export async function idsByUuid(
  db: Queries,
  table: 'data_center' | 'cluster',
  uuids: readonly string[],
): Promise<Map<string, number>> {
  if (uuids.length === 0) return new Map()
  const rows = await db
    .selectFrom(table)
    .select(['id', 'uuid'])
    .where('uuid', 'in', [...uuids])
    .execute()
  return new Map(rows.map((row) => [row.uuid, row.id]))
}
