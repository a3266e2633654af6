import { rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { type AltoError, templateFailure } from '@altostack/core'
import { defineWorkflow, type Workflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { recordEvent } from '../../event/index.ts'
import { choosePlace, countImage, putImage, storeRetry } from '../../image-store/index.ts'
import { bringImage, checkImage, isWorthAnotherTry } from '../bring-image.ts'
import { imageDirectory, imageFormat, imageName, partialPath } from '../image-paths.ts'
import { findStoreRef, findTemplate, type Template, updateStoreRef, zonesOfTemplate } from '../template.repository.ts'
import { moveDownload } from '../template.states.ts'

type DownloadInput = {
  readonly templateId: number
  readonly templateUuid: string
  /** Its owner has sent the image: it waits to be examined. */
  readonly sent?: boolean
}
const gib = 1024 ** 3

/** Fetches, checks and keeps the image of a registered template. */
export const templateDownloadWorkflow: Workflow = defineWorkflow<ServerContext, DownloadInput, Database>(
  'template.download',
)
  .transact('begin', {
    async do(tx, s) {
      const template = await findTemplate(tx, s.input.templateId)
      const ref = await findStoreRef(tx, s.input.templateId)
      if (template === undefined || ref === undefined) throw gone()
      await moveDownload(tx, s.ctx, template, ref, 'StartDownload', {
        cause: 'template.register',
        set: { download_pct: 0, error_str: null },
      })
      return { startedAt: s.ctx.runtime.now() }
    },
  })
  .step('fetch', {
    when: (s) => s.input.sent !== true,
    retry: { attempts: 4, firstMs: 2000, when: isWorthAnotherTry },
    async do(s) {
      const { ctx } = s
      const template = await required(ctx, s.input.templateId)
      return await bringImage(ctx, {
        url: template.url ?? '',
        path: partialPath(ctx.dataDir, template.uuid),
        maxBytes: await maxBytes(ctx),
        startedAt: s.out.begin?.startedAt,
        signal: s.signal,
        onProgress: (percent, bytes) => void saveProgress(ctx, template.id, percent, bytes),
      })
    },
    async undo(s) {
      await forgetFiles(s.ctx, s.input.templateUuid)
    },
  })
  .step('examine', {
    async do(s) {
      const { ctx } = s
      const template = await required(ctx, s.input.templateId)
      const path = partialPath(ctx.dataDir, template.uuid)
      const wanted = { format: imageFormat(template.format), checksum: template.checksum }
      return await checkImage(ctx, path, { ...wanted, maxVirtualBytes: await maxBytes(ctx) }, s.signal)
    },
  })
  .step('keep', {
    async do(s) {
      const name = imageName(s.input.templateUuid, s.out.examine.format)
      const target = join(imageDirectory(s.ctx.dataDir), name)
      await rename(partialPath(s.ctx.dataDir, s.input.templateUuid), target).catch(async (error) => {
        // After a crash between the rename and its saving the file is where it shall be.
        await statfs(target).catch(() => {
          throw error
        })
      })
      return { name }
    },
    async undo(s) {
      await forgetFiles(s.ctx, s.input.templateUuid)
    },
  })
  .transact('choose', {
    async do(tx, s) {
      const zones = await zonesOfTemplate(tx, s.input.templateId)
      const { physicalSize, format } = s.out.examine
      const place = await choosePlace(tx, s.ctx, {
        folder: 'images',
        uuid: s.input.templateUuid,
        format,
        sizeBytes: physicalSize,
        zoneId: zones[0]?.zone_id ?? null,
        runId: s.runId,
      })
      // Written now: a store that is about to get an image cannot be deleted.
      await updateStoreRef(tx, s.input.templateId, { store_id: place.storeId })
      return place
    },
  })
  .step('store', {
    when: (s) => s.out.choose.storeId !== null,
    retry: storeRetry,
    // No undo: the object was announced, and goes as soon as its store can be reached.
    async do(s) {
      const { sha256, physicalSize } = s.out.examine
      const path = join(imageDirectory(s.ctx.dataDir), s.out.keep.name)
      await putImage(s.ctx, s.out.choose, path, { sizeBytes: physicalSize, sha256 }, s.signal)
    },
    deadlineMs: 24 * 3_600_000,
  })
  .step('tidy', {
    when: (s) => s.out.choose.storeId !== null,
    // The store has it: what the server keeps beside it is of no use.
    async do(s) {
      await forgetFiles(s.ctx, s.input.templateUuid)
    },
  })
  .transact('ready', {
    async do(tx, s) {
      const template = await findTemplate(tx, s.input.templateId)
      const ref = await findStoreRef(tx, s.input.templateId)
      if (template === undefined || ref === undefined) throw gone()
      const image = s.out.examine
      await moveDownload(tx, s.ctx, template, ref, 'Downloaded', {
        cause: 'template.download',
        evidence: { bytes: image.physicalSize, sha256: image.sha256 },
        set: {
          download_pct: 100,
          size: image.virtualSize,
          physical_size: image.physicalSize,
          sha256: image.sha256,
          install_path: s.out.choose.name,
          store_id: s.out.choose.storeId,
          error_str: null,
        },
      })
      await countImage(tx, s.out.choose)
    },
  })
  .onSucceeded(async (tx, s) => {
    await endEvent(tx, s.ctx, s.input, undefined)
  })
  .onFailed(async (tx, s, failure) => {
    const template = await findTemplate(tx, s.input.templateId)
    const ref = await findStoreRef(tx, s.input.templateId)
    if (template === undefined || ref === undefined) return
    await endEvent(tx, s.ctx, s.input, failure.message)
    if (ref.download_state !== 'DOWNLOAD_IN_PROGRESS') return
    const seen = failure.seen === undefined ? '' : `: ${failure.seen}`
    const text = `${failure.message}${seen}. ${failure.fix}`
    await moveDownload(tx, s.ctx, template, ref, 'Fail', {
      cause: failure.code,
      evidence: { message: failure.message, seen: failure.seen, fix: failure.fix },
      set: { error_str: text.slice(0, 1024), store_id: null },
    })
  })
  .build()

function gone(): AltoError {
  return templateFailure('template.not-ready', 'The template was deleted meanwhile')
}

async function required(ctx: ServerContext, id: number): Promise<Template> {
  const template = await findTemplate(ctx.db, id)
  if (template === undefined) throw gone()
  return template
}

async function maxBytes(ctx: ServerContext): Promise<number> {
  return (await ctx.config.number('max.template.iso.size')) * gib
}

async function saveProgress(ctx: ServerContext, templateId: number, percent: number, bytes: number): Promise<void> {
  try {
    await updateStoreRef(ctx.db, templateId, { download_pct: percent, physical_size: bytes })
  } catch (error) {
    ctx.log.debug({ err: error }, 'the progress of a download could not be saved')
  }
}

/** Every file that a fetch of the template may have left. */
export async function forgetFiles(ctx: ServerContext, templateUuid: string): Promise<void> {
  const part = partialPath(ctx.dataDir, templateUuid)
  const kept = ['qcow2', 'raw', 'iso'].map((format) =>
    join(imageDirectory(ctx.dataDir), imageName(templateUuid, format)),
  )
  for (const path of [part, `${part}.source`, ...kept]) await rm(path, { force: true })
}

async function endEvent(
  tx: Parameters<typeof recordEvent>[0],
  ctx: ServerContext,
  input: DownloadInput,
  failure: string | undefined,
): Promise<void> {
  const template = await findTemplate(tx, input.templateId)
  if (template === undefined) return
  const iso = template.format === 'ISO'
  const what = iso ? 'ISO' : 'Template'
  await recordEvent(tx, ctx, {
    type: iso ? 'ISO.CREATE' : 'TEMPLATE.CREATE',
    level: failure === undefined ? 'INFO' : 'ERROR',
    description:
      failure === undefined
        ? `${what} ${template.name} is downloaded`
        : `${what} ${template.name} could not be downloaded: ${failure}`,
    accountId: template.account_id,
    domainId: template.domain_id,
    resource: { type: iso ? 'Iso' : 'Template', id: template.id, uuid: template.uuid },
  })
}
