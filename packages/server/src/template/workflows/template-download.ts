import { mkdir, rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { AltoError, templateFailure } from '@altostack/core'
import { defineWorkflow, type Workflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { recordEvent } from '../../event/index.ts'
import { readChecksum } from '../checksum.ts'
import { examineImage, hashFile } from '../examine-image.ts'
import { fetchImage } from '../fetch-image.ts'
import { fetchPolicy } from '../fetch-policy.ts'
import { imageDirectory, imageFormat, imageName, partialPath } from '../image-paths.ts'
import { findStoreRef, findTemplate, type Template } from '../template.repository.ts'
import { moveDownload } from '../template.states.ts'

type DownloadInput = { readonly templateId: number; readonly templateUuid: string }
const gib = 1024 ** 3
/** Progress is written at most so often. */
const progressMs = 1000

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
    retry: { attempts: 4, firstMs: 2000, when: isWorthAnotherTry },
    async do(s) {
      const { ctx } = s
      const template = await required(ctx, s.input.templateId)
      await mkdir(imageDirectory(ctx.dataDir), { recursive: true, mode: 0o700 })
      const path = partialPath(ctx.dataDir, template.uuid)
      let written = 0
      let last = 0
      const { bytes } = await fetchImage({
        runtime: ctx.runtime,
        url: template.url ?? '',
        path,
        policy: fetchPolicy(await allowedNetworks(ctx)),
        maxBytes: await maxBytes(ctx),
        totalMs: await timeLeft(ctx, s.out.begin?.startedAt),
        idleMs: (await ctx.config.number('alto.fetch.timeout')) * 1000,
        signal: s.signal,
        onProgress(now, total) {
          const at = ctx.runtime.monotonic()
          if (at - last < progressMs || total === undefined) return
          last = at
          written = Math.floor((now * 100) / total)
          void saveProgress(ctx, template.id, written, now)
        },
      })
      return { bytes }
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
      const wanted = template.checksum === null ? undefined : readChecksum(template.checksum)
      const algorithms = wanted === undefined ? (['sha256'] as const) : (['sha256', wanted.algorithm] as const)
      const digests = await hashFile(path, algorithms, s.signal)
      const found = wanted === undefined ? undefined : digests.get(wanted.algorithm)
      if (wanted !== undefined && found !== wanted.hex) {
        throw templateFailure('template.wrong-checksum', 'The image does not have the given checksum', {
          seen: `${wanted.algorithm} ${found}`,
        })
      }
      const image = await examineImage(ctx, path, imageFormat(template.format), await maxBytes(ctx), s.signal)
      return { ...image, sha256: digests.get('sha256') ?? '' }
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
          install_path: s.out.keep.name,
          error_str: null,
        },
      })
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
    const text = failure.seen === undefined ? failure.message : `${failure.message}: ${failure.seen}`
    await moveDownload(tx, s.ctx, template, ref, 'Fail', {
      cause: failure.code,
      evidence: { message: failure.message, seen: failure.seen, fix: failure.fix },
      set: { error_str: text.slice(0, 1024) },
    })
  })
  .build()

/** Of the time for the whole fetch, its repeats included, ms. A run of before has no beginning. */
async function timeLeft(ctx: ServerContext, startedAt: number | undefined): Promise<number> {
  const totalMs = (await ctx.config.number('alto.fetch.total.timeout')) * 1000
  const now = ctx.runtime.now()
  return Math.max(1, totalMs - Math.max(0, now - (startedAt ?? now)))
}

function isWorthAnotherTry(error: unknown): boolean {
  return error instanceof AltoError && error.code === 'template.download' && !/answered 4\d\d/.test(error.seen ?? '')
}

function gone(): AltoError {
  return templateFailure('template.not-ready', 'The template was deleted meanwhile')
}

async function required(ctx: ServerContext, id: number): Promise<Template> {
  const template = await findTemplate(ctx.db, id)
  if (template === undefined) throw gone()
  return template
}

/** Our setting, and CloudStack's of the same meaning. */
async function allowedNetworks(ctx: ServerContext): Promise<string> {
  const names = ['alto.fetch.allowed.cidrs', 'secstorage.allowed.internal.sites']
  return (await Promise.all(names.map((name) => ctx.config.text(name)))).join(',')
}

async function maxBytes(ctx: ServerContext): Promise<number> {
  return (await ctx.config.number('max.template.iso.size')) * gib
}

async function saveProgress(ctx: ServerContext, templateId: number, percent: number, bytes: number): Promise<void> {
  try {
    await ctx.db
      .updateTable('template_store_ref')
      .set({ download_pct: percent, physical_size: bytes })
      .where('template_id', '=', templateId)
      .execute()
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
