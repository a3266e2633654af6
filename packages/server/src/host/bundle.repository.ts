import type { Queries } from '../db/database.ts'

/** The newest records about a host: moves with their evidence, and events. */
export async function recordsOfHost(db: Queries, host: { readonly id: number; readonly uuid: string }) {
  const feed = await db
    .selectFrom('change_feed')
    .selectAll()
    .where('entity', '=', 'Host')
    .where('entity_uuid', '=', host.uuid)
    .orderBy('id', 'desc')
    .limit(300)
    .execute()
  const events = await db
    .selectFrom('event')
    .select(['type', 'level', 'state', 'description', 'created'])
    .where('resource_uuid', '=', host.uuid)
    .orderBy('id', 'desc')
    .limit(300)
    .execute()
  return { feed, events }
}

/** Settings that an administrator has changed; nothing that is sealed or hidden. */
export async function plainSettings(db: Queries): Promise<{ name: string; value: string | null }[]> {
  return await db
    .selectFrom('configuration')
    .select(['name', 'value'])
    .where('encrypted', '=', 0)
    .where('category', 'not in', ['Hidden', 'Secure'])
    .orderBy('name')
    .execute()
}
