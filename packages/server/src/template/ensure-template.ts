import type { Tokens } from '@altostack/agent-api'
import { Bug, type JsonObject, templateFailure } from '@altostack/core'
import { claimPoolAsSeen, releasePool } from '../capacity/index.ts'
import type { ServerContext } from '../context.ts'
import { isUniqueViolation } from '../db/errors.ts'
import { transact } from '../db/transaction.ts'
import { hostPoolRef, requirePool } from '../storage/index.ts'
import { imageFormat } from './image-paths.ts'
import { findStoreRef } from './template.repository.ts'

export type TemplateWanted = {
  readonly templateId: number
  readonly poolId: number
  /** Connected host that has the pool: it fetches the image. */
  readonly hostId: number
  readonly tokens: Tokens
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: JsonObject) => void
}

/** Installs in flight on this server: deploys that want the same copy share one. */
const inFlight = new WeakMap<ServerContext['runtime'], Map<string, Promise<void>>>()

/**
 * Makes sure that a pool holds the template's image: at once when it does, else by one install that every caller waits
 * for. Repeatable under the same tokens. Throws AltoError: the host's failure, or template.not-ready.
 */
export async function ensureTemplateOnPool(ctx: ServerContext, wanted: TemplateWanted): Promise<void> {
  const key = `${wanted.poolId}/${wanted.templateId}`
  const running = inFlight.get(ctx.runtime) ?? new Map<string, Promise<void>>()
  inFlight.set(ctx.runtime, running)
  for (;;) {
    wanted.signal?.throwIfAborted()
    if (await isReady(ctx, wanted)) return
    const other = running.get(key)
    if (other === undefined) {
      const own = install(ctx, wanted).finally(() => running.delete(key))
      running.set(key, own)
      // A waiter is told by its own look at the row; only the one who installs hears of its failure.
      own.catch(() => undefined)
      return await own
    }
    await Promise.race([other.catch(() => undefined), aborted(wanted.signal)])
  }
}

/** A host says that the copy is not there although the row says so: the next deploy installs it again, in the same space. */
export async function forgetTemplateCopy(ctx: ServerContext, poolId: number, templateId: number): Promise<void> {
  await ctx.db
    .updateTable('template_spool_ref')
    .set({ state: 'Allocated', last_updated: ctx.runtime.now() })
    .where('pool_id', '=', poolId)
    .where('template_id', '=', templateId)
    .execute()
}

async function isReady(ctx: ServerContext, { poolId, templateId }: TemplateWanted): Promise<boolean> {
  const row = await ctx.db
    .selectFrom('template_spool_ref')
    .select('state')
    .where('pool_id', '=', poolId)
    .where('template_id', '=', templateId)
    .executeTakeFirst()
  return row?.state === 'Ready'
}

async function install(ctx: ServerContext, wanted: TemplateWanted): Promise<void> {
  const { poolId, templateId, hostId } = wanted
  const pool = await requirePool(ctx.db, poolId)
  // A template that was deleted since the deploy began can still be installed while its image is there.
  const template = await ctx.db
    .selectFrom('vm_template')
    .selectAll()
    .where('id', '=', templateId)
    .executeTakeFirstOrThrow()
  const image = await findStoreRef(ctx.db, templateId)
  if (image?.download_state !== 'DOWNLOADED' || image.sha256 === null) {
    throw templateFailure('template.not-ready', `Template ${template.name} is not downloaded`, {
      seen: image?.download_state ?? 'no image',
      entities: [{ uuid: template.uuid, description: 'Template' }],
    })
  }
  await noteInstalling(ctx, wanted, image.physical_size)
  const deadlineMs = (await ctx.config.number('primary.storage.download.wait')) * 1000
  try {
    await ctx.agents.run(
      hostId,
      'template.install',
      {
        tokens: wanted.tokens,
        pool: hostPoolRef(pool),
        template: {
          uuid: template.uuid,
          format: imageFormat(template.format) === 'qcow2' ? 'qcow2' : 'raw',
          sizeBytes: image.physical_size,
          sha256: image.sha256,
          virtualSizeBytes: image.size,
        },
      },
      {
        deadlineMs,
        ...(wanted.signal === undefined ? {} : { signal: wanted.signal }),
        onProgress: (progress) => wanted.onProgress?.(progress as JsonObject),
      },
    )
  } catch (error) {
    await dropInstalling(ctx, wanted)
    throw error
  }
  const result = await ctx.db
    .updateTable('template_spool_ref')
    .set({
      state: 'Ready',
      install_path: template.uuid,
      last_updated: ctx.runtime.now(),
    })
    .where('pool_id', '=', poolId)
    .where('template_id', '=', templateId)
    .executeTakeFirst()
  if (Number(result.numUpdatedRows) !== 1) throw new Bug('the row of a template copy went away', { poolId, templateId })
}

/** A deploy has claimed the copy's space (state Allocated) before it asks for it; others claim it here. */
async function noteInstalling(
  ctx: ServerContext,
  { poolId, templateId }: TemplateWanted,
  bytes: number,
): Promise<void> {
  const now = ctx.runtime.now()
  try {
    await transact(ctx, async (tx) => {
      await tx
        .insertInto('template_spool_ref')
        .values({
          pool_id: poolId,
          template_id: templateId,
          state: 'Installing',
          template_size: bytes,
          created: now,
          last_updated: now,
        })
        .execute()
      await claimPoolAsSeen(tx, poolId, bytes)
    })
  } catch (error) {
    // Left by a server that ended in the middle, or written by another one now: an install can be repeated.
    if (!isUniqueViolation(error)) throw error
  }
}

/** Takes back what `noteInstalling` wrote. */
async function dropInstalling(ctx: ServerContext, { poolId, templateId }: TemplateWanted): Promise<void> {
  await transact(ctx, async (tx) => {
    const row = await tx
      .selectFrom('template_spool_ref')
      .select(['id', 'template_size'])
      .where('pool_id', '=', poolId)
      .where('template_id', '=', templateId)
      .where('state', '=', 'Installing')
      .executeTakeFirst()
    if (row === undefined) return
    await tx.deleteFrom('template_spool_ref').where('id', '=', row.id).execute()
    await releasePool(tx, poolId, row.template_size)
  })
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason)
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
