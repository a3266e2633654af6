import { defineWorkflow, type RunFailure } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database, Tx } from '../../db/database.ts'
import { choosePlace, countImage, putImage, storeRetry } from '../../image-store/index.ts'
import { releaseLock } from '../../jobs/run.repository.ts'
import { hostPoolRef, requirePool } from '../../storage/index.ts'
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
import {
  endUpload,
  expectUpload,
  forgetImage,
  keepUpload,
  requireStoreSpace,
  snapshotName,
  snapshotPath,
  type TakenImage,
} from '../image-store.ts'
import { trimPolicy } from '../retention.ts'
import { insertStoredSnapshot, requireSnapshot } from '../snapshot.repository.ts'
import { moveSnapshot } from '../snapshot.states.ts'

const cause = 'snapshot.create'
const hour = 3_600_000

/**
 * Takes a snapshot: the host writes the volume's content of one moment beside it (a running guest goes on), then the
 * volume and its VM are free again while the image goes to the store, is checked by its sha256 and gets its name.
 */
export type SnapshotCreateInput = { readonly snapshotId: number; readonly volumeId: number; readonly site: Site }

export const snapshotCreateWorkflow = defineWorkflow<ServerContext, SnapshotCreateInput, Database>('snapshot.create')
  .step('take', {
    do: async (s) => {
      const volume = await requireVolume(s.ctx.db, s.input.volumeId)
      const snapshot = await requireSnapshot(s.ctx.db, s.input.snapshotId)
      const { site } = s.input
      const call = {
        volume: await placeOf(s.ctx.db, volume),
        snapshotUuid: snapshot.uuid,
        ...(site.vm === null ? {} : { vm: site.vm }),
      }
      return (await runAtSite(s.ctx, s, site, 'snapshot.take', call, throttled(s))) as TakenImage
    },
    undo: async (s) => {
      const snapshot = await requireSnapshot(s.ctx.db, s.input.snapshotId)
      await clear(s.ctx, s, s.input, snapshot, `undo-${s.epoch}-${s.attempt}`)
    },
    deadlineMs: 24 * hour,
  })
  .transact('taken', {
    do: async (tx, s) => {
      const { ctx, input, out } = s
      const snapshot = await requireSnapshot(tx, input.snapshotId)
      const created = await moveSnapshot(tx, ctx, snapshot, 'OperationSucceeded', {
        cause,
        set: { size: out.take.virtualSizeBytes },
      })
      await moveSnapshot(tx, ctx, created, 'BackupToSecondary', { cause })
      await moveVolume(tx, ctx, await requireVolume(tx, input.volumeId), 'OperationSucceeded', { cause })
      await expectUpload(tx, ctx, {
        uuid: snapshot.uuid,
        hostId: input.site.hostId,
        sizeBytes: out.take.sizeBytes,
        runId: s.runId,
      })
      // The moment is kept: whatever is done with the volume or its VM from now on does not touch it.
      await releaseLock(tx, s.runId)
    },
  })
  .step('upload', {
    do: async (s) => {
      const snapshot = await requireSnapshot(s.ctx.db, s.input.snapshotId)
      await requireStoreSpace(s.ctx, s.out.take.sizeBytes)
      const pool = hostPoolRef(await requirePool(s.ctx.db, snapshot.pool_id!))
      const call = { pool, snapshotUuid: snapshot.uuid, sizeBytes: s.out.take.sizeBytes }
      await runAtSite(s.ctx, s, s.input.site, 'snapshot.upload', call, throttled(s))
    },
    undo: async (s) => {
      const { uuid } = await requireSnapshot(s.ctx.db, s.input.snapshotId)
      await forgetImage(s.ctx, uuid, snapshotPath(s.ctx.dataDir, snapshotName(uuid)))
    },
    deadlineMs: 24 * hour,
  })
  .step('keep', {
    do: async (s) => {
      const { uuid } = await requireSnapshot(s.ctx.db, s.input.snapshotId)
      const name = snapshotName(uuid)
      await keepUpload(s.ctx, uuid, snapshotPath(s.ctx.dataDir, name), s.out.take, s.signal)
      return { name }
    },
    undo: async (s) => {
      const { uuid } = await requireSnapshot(s.ctx.db, s.input.snapshotId)
      await forgetImage(s.ctx, uuid, snapshotPath(s.ctx.dataDir, snapshotName(uuid)))
    },
    deadlineMs: 6 * hour,
  })
  .transact('choose', {
    do: async (tx, s) => {
      const { uuid, data_center_id } = await requireSnapshot(tx, s.input.snapshotId)
      const { sizeBytes } = s.out.take
      const image = { folder: 'snapshots', uuid, format: 'qcow2', sizeBytes, zoneId: data_center_id } as const
      return await choosePlace(tx, s.ctx, { ...image, runId: s.runId })
    },
  })
  .step('store', {
    when: (s) => s.out.choose.storeId !== null,
    retry: storeRetry,
    do: async (s) => {
      const path = snapshotPath(s.ctx.dataDir, s.out.keep.name)
      await putImage(s.ctx, s.out.choose, path, s.out.take, s.signal)
    },
    deadlineMs: 24 * hour,
  })
  .step('tidy', {
    when: (s) => s.out.choose.storeId !== null,
    do: async (s) => {
      const { uuid } = await requireSnapshot(s.ctx.db, s.input.snapshotId)
      await forgetImage(s.ctx, uuid, snapshotPath(s.ctx.dataDir, s.out.keep.name))
    },
  })
  .step('clear', {
    do: async (s) => await clear(s.ctx, s, s.input, await requireSnapshot(s.ctx.db, s.input.snapshotId)),
    deadlineMs: hour,
  })
  .onSucceeded(async (tx, s) => {
    const { ctx, input, out } = s
    const snapshot = await requireSnapshot(tx, input.snapshotId)
    const now = ctx.runtime.now()
    await insertStoredSnapshot(tx, {
      snapshot_id: snapshot.id,
      state: 'Ready',
      size: out.take.virtualSizeBytes,
      physical_size: out.take.sizeBytes,
      sha256: out.take.sha256,
      store_id: out.choose.storeId,
      install_path: out.choose.name,
      created: now,
      last_updated: now,
    })
    await countImage(tx, out.choose)
    await endUpload(tx, snapshot.uuid)
    await moveSnapshot(tx, ctx, snapshot, 'OperationSucceeded', {
      cause,
      evidence: { bytes: out.take.sizeBytes, sha256: out.take.sha256 },
    })
    if (snapshot.policy_id !== null) await trimPolicy(tx, ctx, snapshot.policy_id)
  })
  .onFailed(async (tx, s, failure: RunFailure) => {
    if (failure.kind === 'preempted') return
    await giveUp(tx, s.ctx, s.input, failure)
  })
  .build()

async function giveUp(tx: Tx, ctx: ServerContext, input: SnapshotCreateInput, failure: RunFailure): Promise<void> {
  const { code, message } = failure
  const evidence = { code, message }
  const volume = await requireVolume(tx, input.volumeId)
  if (volume.state === 'Snapshotting') await moveVolume(tx, ctx, volume, 'OperationFailed', { cause, evidence })
  const snapshot = await requireSnapshot(tx, input.snapshotId)
  await endUpload(tx, snapshot.uuid)
  await moveSnapshot(tx, ctx, snapshot, 'OperationFailed', { cause, evidence })
}

type StepLike = Parameters<typeof callSite>[1]

async function clear(
  ctx: ServerContext,
  s: StepLike,
  input: SnapshotCreateInput,
  snapshot: { readonly uuid: string; readonly pool_id: number | null },
  part?: string,
): Promise<void> {
  const pool = hostPoolRef(await requirePool(ctx.db, snapshot.pool_id!))
  const site = await undoSite(ctx, input.site, snapshot.pool_id!)
  const vm = site.hostId === input.site.hostId && input.site.vm !== null ? { vm: input.site.vm } : {}
  const call = { pool, snapshotUuid: snapshot.uuid, ...vm }
  await callSite(ctx, s, site, 'snapshot.remove', call, part === undefined ? {} : { part })
}
