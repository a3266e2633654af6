import { apiFailure } from '@altostack/core'
import type { Queries, Row } from '../db/database.ts'
import type { StoreRef } from './template.states.ts'

export type Template = Row<'vm_template'>

export async function findTemplate(db: Queries, id: number): Promise<Template | undefined> {
  return await db
    .selectFrom('vm_template')
    .selectAll()
    .where('id', '=', id)
    .where('removed', 'is', null)
    .executeTakeFirst()
}

/** Of something that names it, removed or not: the rows of templates stay. */
export async function requireTemplate(db: Queries, id: number): Promise<Template> {
  return await db.selectFrom('vm_template').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

/** Columns of its image beside the state, which has its own door. */
export async function updateStoreRef(
  db: Queries,
  templateId: number,
  set: Partial<Omit<StoreRef, 'id' | 'template_id' | 'download_state' | 'update_count'>>,
): Promise<void> {
  await db.updateTable('template_store_ref').set(set).where('template_id', '=', templateId).execute()
}

export async function findStoreRef(db: Queries, templateId: number): Promise<StoreRef | undefined> {
  return await db.selectFrom('template_store_ref').selectAll().where('template_id', '=', templateId).executeTakeFirst()
}

/** Virtual machines made from the template that still exist. */
export async function virtualMachinesOf(
  db: Queries,
  templateId: number,
): Promise<{ readonly uuid: string; readonly name: string }[]> {
  return await db
    .selectFrom('vm_instance')
    .select(['uuid', 'name'])
    .where('vm_template_id', '=', templateId)
    .where('removed', 'is', null)
    .where('state', 'not in', ['Destroyed', 'Expunging', 'Expunged', 'Error'])
    .orderBy('id')
    .limit(100)
    .execute()
}

/** Virtual machines that have the ISO in their drive. */
export async function drivesWith(
  db: Queries,
  isoId: number,
): Promise<{ readonly uuid: string; readonly name: string }[]> {
  return await db
    .selectFrom('vm_instance')
    .select(['uuid', 'name'])
    .where('iso_id', '=', isoId)
    .where('removed', 'is', null)
    .where('state', 'not in', ['Expunging', 'Expunged', 'Error'])
    .orderBy('id')
    .limit(100)
    .execute()
}

/** Pools of the zone that serve now, or the named one of them; throws 431 where it is none. */
export async function poolsForTemplate(
  db: Queries,
  zone: Pick<Row<'data_center'>, 'id' | 'name'>,
  pool: Row<'storage_pool'> | undefined,
): Promise<number[]> {
  if (pool !== undefined && (pool.data_center_id !== zone.id || pool.status !== 'Up')) {
    throw apiFailure('api.parameter', `Storage pool ${pool.name} is not Up in zone ${zone.name}`, { seen: pool.status })
  }
  if (pool !== undefined) return [pool.id]
  const rows = await db
    .selectFrom('storage_pool')
    .select('id')
    .where('data_center_id', '=', zone.id)
    .where('status', '=', 'Up')
    .where('removed', 'is', null)
    .execute()
  return rows.map((row) => row.id)
}

export type UnusedCopy = {
  readonly id: number
  readonly poolId: number
  readonly templateId: number
  readonly bytes: number
  readonly templateUuid: string
}

/** Copies on pools of removed templates (or of one) that no volume there is built on. */
export async function unusedCopies(db: Queries, templateId?: number): Promise<UnusedCopy[]> {
  let query = db
    .selectFrom('template_spool_ref')
    .innerJoin('vm_template', 'vm_template.id', 'template_spool_ref.template_id')
    .select([
      'template_spool_ref.id as id',
      'template_spool_ref.pool_id as poolId',
      'template_spool_ref.template_id as templateId',
      'template_spool_ref.template_size as bytes',
      'vm_template.uuid as templateUuid',
    ])
    .where('vm_template.removed', 'is not', null)
    .where('template_spool_ref.state', '=', 'Ready')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('vm_instance')
            .select('vm_instance.id')
            .whereRef('vm_instance.iso_id', '=', 'template_spool_ref.template_id')
            .where('vm_instance.removed', 'is', null),
        ),
      ),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('volumes')
            .select('volumes.id')
            .whereRef('volumes.pool_id', '=', 'template_spool_ref.pool_id')
            .whereRef('volumes.template_id', '=', 'template_spool_ref.template_id')
            .where('volumes.removed', 'is', null),
        ),
      ),
    )
  if (templateId !== undefined) query = query.where('template_spool_ref.template_id', '=', templateId)
  return await query.execute()
}

/** The zones that a template is registered for one by one. */
export async function zonesOfTemplate(
  db: Queries,
  templateId: number,
): Promise<readonly { readonly id: number; readonly zone_id: number }[]> {
  return await db
    .selectFrom('template_zone_ref')
    .select(['id', 'zone_id'])
    .where('template_id', '=', templateId)
    .where('removed', 'is', null)
    .execute()
}

export async function removeTemplateZone(db: Queries, refId: number, now: number): Promise<void> {
  await db.updateTable('template_zone_ref').set({ removed: now }).where('id', '=', refId).execute()
}

/** Removes the template everywhere; its files go by a run of their own. */
export async function removeTemplate(db: Queries, id: number, now: number): Promise<void> {
  await db.updateTable('vm_template').set({ removed: now, state: 'Inactive' }).where('id', '=', id).execute()
  await db
    .updateTable('template_zone_ref')
    .set({ removed: now })
    .where('template_id', '=', id)
    .where('removed', 'is', null)
    .execute()
}

/** A zone that the template is shown in: its own, else the first. */
export async function zoneOfTemplate(db: Queries, templateId: number): Promise<number | null> {
  const own = await db
    .selectFrom('template_zone_ref')
    .select('zone_id')
    .where('template_id', '=', templateId)
    .where('removed', 'is', null)
    .executeTakeFirst()
  if (own !== undefined) return own.zone_id
  const first = await db.selectFrom('data_center').select('id').where('removed', 'is', null).executeTakeFirst()
  return first?.id ?? null
}
