import { templateFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { findStoreRef, findTemplate, removeTemplate } from './template.repository.ts'
import { moveDownload } from './template.states.ts'
import { templateDownloadWorkflow } from './workflows/template-download.ts'

/** Its owner has sent the image of an announced template or ISO: it is examined as a fetched one is. */
export async function startSentTemplate(tx: Tx, ctx: ServerContext, templateId: number): Promise<void> {
  const template = await findTemplate(tx, templateId)
  const ref = await findStoreRef(tx, templateId)
  if (template === undefined || ref?.download_state !== 'NOT_DOWNLOADED' || ref.run_id !== null) {
    throw templateFailure('template.not-ready', 'The template was deleted meanwhile, or has its image')
  }
  const runId = ctx.runtime.uuid()
  await tx.updateTable('template_store_ref').set({ run_id: runId }).where('id', '=', ref.id).execute()
  const input = { templateId, templateUuid: template.uuid, sent: true }
  await ctx.engine.start(tx, templateDownloadWorkflow, input, { id: runId, lockKey: `template:${templateId}` })
  ctx.afterCommit(() => ctx.engine.kick(runId))
}

/** The image never came: the template goes. */
export async function abandonTemplate(tx: Tx, ctx: ServerContext, templateId: number): Promise<void> {
  const template = await findTemplate(tx, templateId)
  const ref = await findStoreRef(tx, templateId)
  if (template === undefined || ref?.download_state !== 'NOT_DOWNLOADED' || ref.run_id !== null) return
  await moveDownload(tx, ctx, template, ref, 'Abandon', { cause: 'template.upload' })
  await removeTemplate(tx, template.id, ctx.runtime.now())
}
