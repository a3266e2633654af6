import { claimPool } from '../capacity/index.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Tx } from '../db/database.ts'

/** Takes the space of a template's copy on a pool unless the copy, or its claim, is there. False: it does not fit. */
export async function claimTemplateCopy(
  tx: Tx,
  ctx: ServerContext,
  poolId: number,
  template: { readonly id: number; readonly bytes: number },
  limitBytes: number,
): Promise<boolean> {
  const there = await findCopy(tx, poolId, template.id)
  if (there !== undefined) return true
  if (!(await claimPool(tx, poolId, template.bytes, limitBytes))) return false
  const now = ctx.runtime.now()
  await tx
    .insertInto('template_spool_ref')
    .values({
      pool_id: poolId,
      template_id: template.id,
      state: 'Allocated',
      template_size: template.bytes,
      created: now,
      last_updated: now,
    })
    .execute()
  return true
}

export async function isTemplateReady(db: Queries, poolId: number, templateId: number): Promise<boolean> {
  return (await findCopy(db, poolId, templateId))?.state === 'Ready'
}

async function findCopy(db: Queries, poolId: number, templateId: number) {
  return await db
    .selectFrom('template_spool_ref')
    .selectAll()
    .where('pool_id', '=', poolId)
    .where('template_id', '=', templateId)
    .executeTakeFirst()
}
