import type { Queries } from '../db/database.ts'

/** Uuids of the templates that the pool has copies of. */
export async function templateCopiesOn(db: Queries, poolId: number): Promise<string[]> {
  const rows = await db
    .selectFrom('template_spool_ref')
    .innerJoin('vm_template', 'vm_template.id', 'template_spool_ref.template_id')
    .select('vm_template.uuid')
    .where('template_spool_ref.pool_id', '=', poolId)
    .execute()
  return rows.map((row) => row.uuid)
}

/** The pool is gone, and with it what was known of copies there. */
export async function forgetTemplateCopies(db: Queries, poolId: number): Promise<void> {
  await db.deleteFrom('template_spool_ref').where('pool_id', '=', poolId).execute()
}
