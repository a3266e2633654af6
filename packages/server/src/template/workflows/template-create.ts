import { link, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { templateFailure } from '@altostack/core'
import { defineWorkflow, type RunFailure } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { choosePlace, countImage, fetchStored, putImage, storeRetry } from '../../image-store/index.ts'
import {
  endUpload,
  expectUpload,
  forgetImage,
  keepUpload,
  requireStoreSpace,
  snapshotPath,
  type TakenImage,
} from '../../snapshot/image-store.ts'
import { storedSnapshot } from '../../snapshot/snapshot.repository.ts'
import { imageOf } from '../../snapshot/snapshot-image.ts'
import {
  callSite,
  moveVolume,
  placeOf,
  requireVolume,
  runAtSite,
  type Site,
  throttled,
  undoSite,
} from '../../volume/index.ts'
import { hashFile } from '../examine-image.ts'
import { imageDirectory, imageName } from '../image-paths.ts'
import { findStoreRef, findTemplate, removeTemplate, requireTemplate, zonesOfTemplate } from '../template.repository.ts'
import { moveDownload } from '../template.states.ts'

const cause = 'template.create'
const hour = 3_600_000

/**
 * Makes the image of a template: of a snapshot by a second name for its file, of a volume at rest as a snapshot is made.
 * Either way the image is hashed before it counts.
 */
export type TemplateCreateInput = {
  readonly templateId: number
  readonly snapshotId: number | null
  readonly volumeId: number | null
  readonly site: Site | null
}

export const templateCreateWorkflow = defineWorkflow<ServerContext, TemplateCreateInput, Database>('template.create')
  .transact('begin', {
    do: async (tx, s) => {
      const { template, ref } = await rowsOf(tx, s.input.templateId)
      await moveDownload(tx, s.ctx, template, ref, 'StartDownload', {
        cause,
        set: { download_pct: 0, error_str: null },
      })
      return { templateId: template.id }
    },
  })
  .step('take', {
    when: (s) => s.input.volumeId !== null,
    do: async (s) => {
      const volume = await placeOf(s.ctx.db, await requireVolume(s.ctx.db, s.input.volumeId!))
      const { uuid } = await requireTemplate(s.ctx.db, s.input.templateId)
      const call = { volume, snapshotUuid: uuid }
      return (await runAtSite(s.ctx, s, s.input.site!, 'snapshot.take', call, throttled(s))) as TakenImage
    },
    undo: async (s) => await clear(s.ctx, s, s.input, `undo-${s.epoch}-${s.attempt}`),
    deadlineMs: 24 * hour,
  })
  .transact('expect', {
    when: (s) => s.input.volumeId !== null,
    do: async (tx, s) => {
      const { template } = await rowsOf(tx, s.input.templateId)
      const sizeBytes = s.out.take!.sizeBytes
      await expectUpload(tx, s.ctx, { uuid: template.uuid, hostId: s.input.site!.hostId, sizeBytes, runId: s.runId })
    },
  })
  .step('upload', {
    when: (s) => s.input.volumeId !== null,
    do: async (s) => {
      const { sizeBytes } = s.out.take!
      await requireStoreSpace(s.ctx, sizeBytes)
      const { pool } = await placeOf(s.ctx.db, await requireVolume(s.ctx.db, s.input.volumeId!))
      const { uuid } = await requireTemplate(s.ctx.db, s.input.templateId)
      await runAtSite(s.ctx, s, s.input.site!, 'snapshot.upload', { pool, snapshotUuid: uuid, sizeBytes }, throttled(s))
    },
    undo: async (s) => await forget(s.ctx, s.input.templateId),
    deadlineMs: 24 * hour,
  })
  .step('keep', {
    do: async (s) => {
      const { uuid } = await requireTemplate(s.ctx.db, s.input.templateId)
      const target = templatePath(s.ctx, uuid)
      if (s.out.take !== undefined) {
        await keepUpload(s.ctx, uuid, target, s.out.take, s.signal)
        return s.out.take
      }
      const image = await imageOf(s.ctx.db, s.input.snapshotId!)
      const stored = await storedSnapshot(s.ctx.db, s.input.snapshotId!)
      await mkdir(imageDirectory(s.ctx.dataDir), { recursive: true, mode: 0o700 })
      await rm(target, { force: true })
      const { store_id: storeId, install_path: name } = stored!
      // Images never change: both names may share the file.
      if (storeId === null) await link(snapshotPath(s.ctx.dataDir, name!), target)
      else {
        await requireStoreSpace(s.ctx, image.sizeBytes)
        await fetchStored(
          s.ctx,
          { storeId, folder: 'snapshots', name: name!, sizeBytes: image.sizeBytes },
          target,
          s.signal,
        )
      }
      const seen = (await hashFile(target, ['sha256'], s.signal)).get('sha256')
      if (seen !== image.sha256) {
        throw templateFailure('template.wrong-checksum', 'The image of the snapshot has changed on the store', {
          seen: `sha256 ${seen}; recorded ${image.sha256}`,
        })
      }
      return { sizeBytes: image.sizeBytes, virtualSizeBytes: image.virtualSizeBytes, sha256: image.sha256 }
    },
    undo: async (s) => await forget(s.ctx, s.input.templateId),
    deadlineMs: 6 * hour,
  })
  .transact('choose', {
    do: async (tx, s) => {
      const { template } = await rowsOf(tx, s.input.templateId)
      const zones = await zonesOfTemplate(tx, template.id)
      return await choosePlace(tx, s.ctx, {
        folder: 'images',
        uuid: template.uuid,
        format: 'qcow2',
        sizeBytes: s.out.keep.sizeBytes,
        zoneId: zones[0]?.zone_id ?? null,
        runId: s.runId,
      })
    },
  })
  .step('store', {
    when: (s) => s.out.choose.storeId !== null,
    retry: storeRetry,
    do: async (s) => {
      const { uuid } = await requireTemplate(s.ctx.db, s.input.templateId)
      await putImage(s.ctx, s.out.choose, templatePath(s.ctx, uuid), s.out.keep, s.signal)
    },
    deadlineMs: 24 * hour,
  })
  .step('tidy', {
    when: (s) => s.out.choose.storeId !== null,
    do: async (s) => await forget(s.ctx, s.input.templateId),
  })
  .step('clear', {
    when: (s) => s.input.volumeId !== null,
    do: async (s) => await clear(s.ctx, s, s.input),
    deadlineMs: hour,
  })
  .onSucceeded(async (tx, s) => {
    const { template, ref } = await rowsOf(tx, s.input.templateId)
    const { sizeBytes, virtualSizeBytes, sha256 } = s.out.keep
    await moveDownload(tx, s.ctx, template, ref, 'Downloaded', {
      cause,
      evidence: { bytes: sizeBytes, sha256 },
      set: {
        download_pct: 100,
        size: virtualSizeBytes,
        physical_size: sizeBytes,
        sha256,
        store_id: s.out.choose.storeId,
        install_path: s.out.choose.name,
        error_str: null,
      },
    })
    await countImage(tx, s.out.choose)
    await endUpload(tx, template.uuid)
    if (s.input.volumeId === null) return
    await moveVolume(tx, s.ctx, await requireVolume(tx, s.input.volumeId), 'OperationSucceeded', { cause })
  })
  .onFailed(async (tx, s, failure: RunFailure) => {
    if (failure.kind === 'preempted') return
    const { code, message } = failure
    const { template, ref } = await rowsOf(tx, s.input.templateId)
    await endUpload(tx, template.uuid)
    if (ref.download_state === 'DOWNLOAD_IN_PROGRESS') {
      await moveDownload(tx, s.ctx, template, ref, 'Fail', {
        cause: code,
        evidence: { message },
        set: { error_str: message.slice(0, 1024) },
      })
    }
    // Nothing was made, so nothing is listed.
    await removeTemplate(tx, template.id, s.ctx.runtime.now())
    if (s.input.volumeId === null) return
    const volume = await requireVolume(tx, s.input.volumeId)
    if (volume.state === 'Snapshotting')
      await moveVolume(tx, s.ctx, volume, 'OperationFailed', { cause, evidence: { code } })
  })
  .build()

function templatePath(ctx: ServerContext, uuid: string): string {
  return join(imageDirectory(ctx.dataDir), imageName(uuid, 'qcow2'))
}

async function rowsOf(tx: Parameters<typeof findTemplate>[0], id: number) {
  const template = await findTemplate(tx, id)
  const ref = await findStoreRef(tx, id)
  if (template === undefined || ref === undefined)
    throw templateFailure('template.not-ready', 'The template was deleted meanwhile')
  return { template, ref }
}

async function forget(ctx: ServerContext, templateId: number): Promise<void> {
  const { uuid } = await requireTemplate(ctx.db, templateId)
  await forgetImage(ctx, uuid, templatePath(ctx, uuid))
}

type StepLike = Parameters<typeof callSite>[1]

async function clear(ctx: ServerContext, s: StepLike, input: TemplateCreateInput, part?: string): Promise<void> {
  const volume = await requireVolume(ctx.db, input.volumeId!)
  const { pool } = await placeOf(ctx.db, volume)
  const { uuid } = await requireTemplate(ctx.db, input.templateId)
  const site = await undoSite(ctx, input.site!, volume.pool_id!)
  await callSite(ctx, s, site, 'snapshot.remove', { pool, snapshotUuid: uuid }, part === undefined ? {} : { part })
}
