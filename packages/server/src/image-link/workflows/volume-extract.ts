import { defineWorkflow, type RunFailure } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { ownPath } from '../../image-store/index.ts'
import {
  endUpload,
  expectUpload,
  forgetImage,
  keepUpload,
  requireStoreSpace,
  type TakenImage,
} from '../../snapshot/image-store.ts'
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
import { findZone } from '../../zone/index.ts'
import { makeLink } from '../make-link.ts'

const cause = 'volume.extract'
const hour = 3_600_000

/**
 * Copies a volume at rest, that its command moved to Snapshotting, into a file of the server's own, and makes a link to it.
 * The file is checked against what its host recorded and goes when the link expires.
 */
export type VolumeExtractInput = {
  readonly volumeId: number
  /** Names the copy on the pool and at the server. */
  readonly copyUuid: string
  readonly accountId: number
  readonly site: Site
}
type S = { readonly ctx: ServerContext; readonly input: VolumeExtractInput }

function target({ ctx, input }: S): string {
  return ownPath(ctx.dataDir, 'exports', `${input.copyUuid}.qcow2`)
}

export const volumeExtractWorkflow = defineWorkflow<ServerContext, VolumeExtractInput, Database>('volume.extract')
  .step('take', {
    do: async (s) => {
      const volume = await placeOf(s.ctx.db, await requireVolume(s.ctx.db, s.input.volumeId))
      const call = { volume, snapshotUuid: s.input.copyUuid }
      return (await runAtSite(s.ctx, s, s.input.site, 'snapshot.take', call, throttled(s))) as TakenImage
    },
    undo: async (s) => await clear(s, `undo-${s.epoch}-${s.attempt}`),
    deadlineMs: 24 * hour,
  })
  .transact('expect', {
    do: async (tx, s) => {
      const { sizeBytes } = s.out.take
      const { copyUuid, site } = s.input
      await expectUpload(tx, s.ctx, { uuid: copyUuid, hostId: site.hostId, sizeBytes, runId: s.runId })
    },
  })
  .step('upload', {
    do: async (s) => {
      const { sizeBytes } = s.out.take
      const { copyUuid, site } = s.input
      await requireStoreSpace(s.ctx, sizeBytes)
      const { pool } = await placeOf(s.ctx.db, await requireVolume(s.ctx.db, s.input.volumeId))
      await runAtSite(s.ctx, s, site, 'snapshot.upload', { pool, snapshotUuid: copyUuid, sizeBytes }, throttled(s))
    },
    undo: async (s) => await forgetImage(s.ctx, s.input.copyUuid, target(s)),
    deadlineMs: 24 * hour,
  })
  .step('keep', {
    do: async (s) => await keepUpload(s.ctx, s.input.copyUuid, target(s), s.out.take, s.signal),
    undo: async (s) => await forgetImage(s.ctx, s.input.copyUuid, target(s)),
    deadlineMs: 6 * hour,
  })
  .step('clear', { do: async (s) => await clear(s), deadlineMs: hour })
  .transact('link', {
    do: async (tx, s) => {
      const volume = await requireVolume(tx, s.input.volumeId)
      const zone = await findZone(tx, volume.data_center_id)
      const link = {
        type: 'Volume' as const,
        id: volume.id,
        uuid: volume.uuid,
        name: volume.name,
        fileName: `${volume.uuid}.qcow2`,
        sizeBytes: s.out.take.sizeBytes,
        sha256: s.out.take.sha256,
        ownPath: `${s.input.copyUuid}.qcow2`,
      }
      return { ...(await makeLink(tx, s.ctx, link, { accountId: s.input.accountId, zone })) }
    },
  })
  .onSucceeded(async (tx, s) => {
    await endUpload(tx, s.input.copyUuid)
    await moveVolume(tx, s.ctx, await requireVolume(tx, s.input.volumeId), 'OperationSucceeded', { cause })
  })
  .onFailed(async (tx, s, failure: RunFailure) => {
    if (failure.kind === 'preempted') return
    await endUpload(tx, s.input.copyUuid)
    const volume = await requireVolume(tx, s.input.volumeId)
    if (volume.state !== 'Snapshotting') return
    await moveVolume(tx, s.ctx, volume, 'OperationFailed', { cause, evidence: { code: failure.code } })
  })
  .build()

async function clear(s: S & Parameters<typeof callSite>[1], part?: string): Promise<void> {
  const volume = await requireVolume(s.ctx.db, s.input.volumeId)
  const { pool } = await placeOf(s.ctx.db, volume)
  const site = await undoSite(s.ctx, s.input.site, volume.pool_id!)
  const call = { pool, snapshotUuid: s.input.copyUuid }
  await callSite(s.ctx, s, site, 'snapshot.remove', call, part === undefined ? {} : { part })
}
