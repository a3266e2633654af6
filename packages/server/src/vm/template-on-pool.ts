import { Bug, virtualMachineFailure } from '@altostack/core'
import { RetryLater } from '@altostack/workflow'
import { claimPool } from '../capacity/index.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Tx } from '../db/database.ts'
import { hostPoolRef, stepTokens } from '../storage/index.ts'
import type { StepTokens } from './host-calls.ts'
import { requirePool } from './vm-spec.ts'

/** A copy of a large image over a slow network, ms. */
const installDeadlineMs = 55 * 60_000
/** Pause between two looks while another run brings the same copy, ms. */
const otherRunPauseMs = 300

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

/**
 * Has a host bring the template's image onto the pool, once: one run does it, others wait for it (RetryLater). Rejects
 * with the host's failure; the copy is then free to be tried by the next run.
 */
export async function bringTemplateToPool(
  ctx: ServerContext,
  s: StepTokens & { readonly signal: AbortSignal },
  where: { readonly templateId: number; readonly poolId: number; readonly hostId: number },
): Promise<void> {
  const copy = await findCopy(ctx.db, where.poolId, where.templateId)
  if (copy === undefined) throw new Bug('a template is brought to a pool that has not claimed it', where)
  if (copy.state === 'Ready') return
  if (!(await takeOver(ctx, copy, s.runId))) {
    throw new RetryLater(otherRunPauseMs, 'another operation brings the template to the pool')
  }
  const template = await ctx.db
    .selectFrom('vm_template')
    .innerJoin('template_store_ref', 'template_store_ref.template_id', 'vm_template.id')
    .select([
      'vm_template.uuid',
      'vm_template.name',
      'vm_template.format',
      'template_store_ref.physical_size',
      'template_store_ref.size',
      'template_store_ref.sha256',
    ])
    .where('vm_template.id', '=', where.templateId)
    .executeTakeFirst()
  if (template?.sha256 == null) {
    throw virtualMachineFailure('virtual-machine.template', 'The image of the template is not on the management server')
  }
  try {
    await ctx.agents.run(
      where.hostId,
      'template.install',
      {
        tokens: await stepTokens(ctx, where.hostId, s),
        pool: hostPoolRef(await requirePool(ctx.db, where.poolId)),
        template: {
          uuid: template.uuid,
          format: template.format === 'RAW' ? 'raw' : 'qcow2',
          sizeBytes: template.physical_size,
          sha256: template.sha256,
          virtualSizeBytes: template.size,
        },
      },
      { deadlineMs: installDeadlineMs, signal: s.signal },
    )
  } catch (error) {
    // Interrupted: this very run goes on with it. Failed: whoever needs it next tries again.
    if (!s.signal.aborted) await setCopy(ctx, copy.id, 'Allocated', null)
    throw error
  }
  await setCopy(ctx, copy.id, 'Ready', null)
}

type Copy = NonNullable<Awaited<ReturnType<typeof findCopy>>>

/** Makes this run the one that brings the copy, unless another live one does. */
async function takeOver(ctx: ServerContext, copy: Copy, runId: string): Promise<boolean> {
  if (copy.state === 'Creating' && copy.run_id !== null && copy.run_id !== runId) {
    const other = await ctx.db
      .selectFrom('workflow_run')
      .select('status')
      .where('id', '=', copy.run_id)
      .executeTakeFirst()
    if (other?.status === 'running') return false
  }
  let query = ctx.db
    .updateTable('template_spool_ref')
    .set({ state: 'Creating', run_id: runId, last_updated: ctx.runtime.now() })
    .where('id', '=', copy.id)
    .where('state', '=', copy.state)
  query = copy.run_id === null ? query.where('run_id', 'is', null) : query.where('run_id', '=', copy.run_id)
  return Number((await query.executeTakeFirst()).numUpdatedRows) === 1
}

async function setCopy(ctx: ServerContext, id: number, state: string, runId: string | null): Promise<void> {
  await ctx.db
    .updateTable('template_spool_ref')
    .set({ state, run_id: runId, last_updated: ctx.runtime.now() })
    .where('id', '=', id)
    .execute()
}
