import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { type Json, type JsonObject, type Runtime, systemRuntime } from '@altostack/core'
import { type Fault, type LawWorld, playScenario, workflowLaws } from '@altostack/testkit'
import type { Workflow } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'
import type { Db, Tx } from '../db/database.ts'
import { volumeExtractWorkflow } from '../image-link/workflows/volume-extract.ts'
import { templatePrepareWorkflow } from '../template/workflows/template-prepare.ts'
import { qcow2 } from '../testing/hostile-images.ts'
import { startImageSource } from '../testing/image-source.ts'
import { modelImage } from '../testing/model-hosts.ts'
import { type S3TestServer, s3Keys, startS3 } from '../testing/s3-server.ts'
import { makeVolumeWorld, type VolumeWorld } from '../testing/volume-world.ts'
import { volumeUploadWorkflow } from '../volume/workflows/volume-upload.ts'
import { removeLeftovers } from './remove-leftovers.ts'
import { secretPurpose } from './store-of.ts'
import { imageMoveWorkflow } from './workflows/image-move.ts'
import { imageStoreMigrateWorkflow } from './workflows/image-store-migrate.ts'

/** Programs and sockets take what they take; the pauses between are a tenth. */
const real = systemRuntime()
const haste = 10
const began = real.now()
const hasty: Runtime = {
  ...real,
  now: () => began + Math.floor((real.now() - began) * haste),
  monotonic: () => real.monotonic() * haste,
  sleep: (ms, signal) => real.sleep(ms / haste, signal),
  after: (ms, task) => real.after(ms / haste, task),
}
/** What differs little from what is run always. */
const full = process.env.ALTO_TEST_FULL === '1'
const directories: string[] = []
const source = await startImageSource()
const s3 = await startS3()
after(async () => {
  await source.stop()
  await s3.stop()
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/**
 * A volume world with files, whose server has an image store of its own and an S3 server with one bucket. `sockets`: what is
 * tried talks to one or runs programs, so that time is real.
 */
async function makeImageWorld(
  sockets: boolean,
  options: Parameters<typeof makeVolumeWorld>[0] = {},
): Promise<VolumeWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'alto-law-'))
  directories.push(dataDir)
  const world = await makeVolumeWorld({ runs: false, ...options, dataDir })
  const { ctx, db, zone } = world
  if (sockets) Object.assign(ctx, { runtime: real })
  for (const [image_provider_name, name] of [
    ['Server', 'server'],
    ['S3', 'bucket'],
  ] as const) {
    const store = { uuid: ctx.runtime.uuid(), name, image_provider_name, protocol: 'x', url: name, scope: 'REGION' }
    await (db as Db)
      .insertInto('image_store')
      .values({ ...store, created: 1, read_only: name === 'bucket' ? 1 : 0 })
      .execute()
  }
  const details = { ...s3Keys, endpoint: s3.endpoint, bucket: 'images', usehttps: 'false' }
  for (const [key, value] of Object.entries(details)) {
    const name = key.toLowerCase()
    const sealed = name === 'secretkey' ? ctx.secrets.seal(secretPurpose(name), value) : null
    await (db as Db)
      .insertInto('image_store_details')
      .values({ store_id: 2, name, value: sealed === null ? value : null, sealed })
      .execute()
  }
  empty(s3)
  return {
    ...world,
    ...(sockets ? { runtime: hasty } : {}),
    observe: async () => await observe(world, zone.pool.uuid, sockets),
  }
}
function empty(server: S3TestServer): void {
  for (const folder of ['images', 'snapshots', 'volumes']) server.clear(`images/${folder}`)
}
const names = (path: string): string[] => {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** What is where when the duty has been: rows, files of the server, objects of the bucket. */
async function observe(world: VolumeWorld, pool: string, sockets: boolean): Promise<JsonObject> {
  const { ctx, model } = world
  const { db, dataDir } = ctx
  if (sockets) await removeLeftovers(ctx)
  const folders = ['images', 'snapshots', 'volumes', 'uploads', 'exports', 'passing']
  const volumes = await db.selectFrom('volumes').select(['state', 'removed', 'size']).orderBy('id').execute()
  const uploads = await db.selectFrom('volume_store_ref').select(['store_id', 'download_state', 'sha256']).execute()
  const snapshots = await db.selectFrom('snapshot_store_ref').select(['store_id', 'state', 'sha256']).execute()
  const copies = await db.selectFrom('template_spool_ref').select(['state']).execute()
  const allocated = await db.selectFrom('storage_pool').select('allocated_bytes').orderBy('id').execute()
  return {
    volumes: volumes.map((row) => ({ state: row.state, removed: row.removed !== null, size: row.size })),
    uploads: uploads.map((row) => ({ ...row })),
    snapshots: snapshots.map((row) => ({ ...row })),
    copies: copies.map((row) => row.state),
    allocated: allocated.map((row) => row.allocated_bytes),
    files: Object.fromEntries(folders.map((folder) => [folder, names(join(dataDir, folder)).length])),
    objects: ['images', 'snapshots', 'volumes'].map((folder) => s3.objects(`images/${folder}`).length),
    pool: model.files.get(pool)?.size ?? 0,
    leftovers: (await db.selectFrom('image_store_leftover').select('id').execute()).length,
    links: (await db.selectFrom('image_link').select('id').execute()).length,
    expected: (await db.selectFrom('image_upload').select('id').execute()).length,
  }
}

function laws<I extends Json>(
  workflow: Workflow<ServerContext, I>,
  make: () => Promise<VolumeWorld>,
  input: (world: VolumeWorld) => I,
  succeeds: readonly string[],
  undone: readonly string[],
): void {
  workflowLaws(workflow, {
    makeWorld: make,
    input: (world: LawWorld<ServerContext>) => input(world as VolumeWorld),
    lockKey: 'law:1',
    journal: { succeeds, unwinds: [...succeeds, ...undone] },
  })
}

/** An uploaded volume whose image is to come from the web, to the server's own store or to the bucket. */
async function uploading(store: 'server' | 'bucket'): Promise<VolumeWorld> {
  const world = await makeImageWorld(true, { state: 'UploadOp' })
  const { db } = world.ctx
  await db.updateTable('volumes').set({ pool_id: null, size: 0 }).execute()
  await db.updateTable('storage_pool').set({ allocated_bytes: 0 }).execute()
  world.model.files.clear()
  await db.updateTable('image_store').set({ read_only: 0 }).where('name', '=', store).execute()
  const url = source.url('data.qcow2')
  await db
    .insertInto('volume_store_ref')
    .values({ volume_id: world.volume.id, download_state: 'NOT_DOWNLOADED', url, created: 1, last_updated: 1 })
    .execute()
  world.ctx.config.remember('alto.fetch.allowed.cidrs', '127.0.0.0/8')
  return world
}
source.images.set('data.qcow2', qcow2())
const uploadInput = ({ volume }: VolumeWorld) => ({ volumeId: volume.id, volumeUuid: volume.uuid, sent: false })

laws(
  volumeUploadWorkflow,
  () => uploading('server'),
  uploadInput,
  ['do begin', 'do fetch', 'do examine', 'do keep', 'do choose', 'do uploaded'],
  ['undo keep', 'undo examine', 'undo fetch'],
)

if (full) {
  describe('to a bucket', () => {
    laws(
      volumeUploadWorkflow,
      () => uploading('bucket'),
      uploadInput,
      ['do begin', 'do fetch', 'do examine', 'do keep', 'do choose', 'do store', 'do tidy', 'do uploaded'],
      ['undo keep', 'undo examine', 'undo fetch'],
    )
  })
}

laws(
  volumeExtractWorkflow,
  () => makeImageWorld(false, { state: 'Snapshotting' }),
  ({ volume, zone }) => ({
    volumeId: volume.id,
    copyUuid: '6f0c1e1a-0000-4000-8000-000000000001',
    accountId: 2,
    site: { hostId: zone.hosts[0]!.id, incarnation: 1, vm: null },
  }),
  ['do take', 'do expect', 'do upload', 'do keep', 'do clear', 'do link'],
  ['undo keep', 'undo upload', 'undo take'],
)

/** A backed-up snapshot on the server's own store or in the bucket. */
async function stored(at: 'server' | 'bucket', sockets = true): Promise<VolumeWorld> {
  const world = await makeImageWorld(sockets)
  const { ctx, db } = world
  await (db as Db).updateTable('image_store').set({ read_only: 0 }).execute()
  const uuid = ctx.runtime.uuid()
  await (db as Db)
    .insertInto('snapshots')
    .values({
      ...{ uuid, name: 's', account_id: 2, domain_id: 1, data_center_id: 1, volume_id: world.volume.id },
      ...{ status: 'BackedUp', size: 1, created: 1 },
    })
    .execute()
  const name = `${uuid}.qcow2`
  await (db as Db)
    .insertInto('snapshot_store_ref')
    .values({
      ...{ snapshot_id: 1, state: 'Ready', size: 1, physical_size: modelImage.length, sha256: sha256(modelImage) },
      ...{ store_id: at === 'bucket' ? 2 : null, install_path: name, created: 1, last_updated: 1 },
    })
    .execute()
  if (at === 'bucket') await s3.put(`images/snapshots/${name}`, modelImage)
  else {
    mkdirSync(join(ctx.dataDir, 'snapshots'))
    writeFileSync(join(ctx.dataDir, 'snapshots', name), modelImage)
  }
  return world
}
if (full) {
  describe('from the server to a bucket', () => {
    laws(
      imageMoveWorkflow,
      () => stored('server'),
      () => ({ kind: 'snapshot' as const, id: 1, fromRowId: 1, toRowId: 2, parentRunId: null }),
      ['do choose', 'do put', 'do turn'],
      [],
    )
  })
}
describe('from a bucket to the server', () => {
  laws(
    imageMoveWorkflow,
    () => stored('bucket'),
    () => ({ kind: 'snapshot' as const, id: 1, fromRowId: 2, toRowId: 1, parentRunId: null }),
    ['do choose', 'do fetch', 'do put', 'do tidy', 'do turn'],
    ['undo fetch'],
  )
})

describe('image-store.migrate', () => {
  /** Each move ends with its start, well or not: image.move has laws of its own. */
  async function migrating(well: boolean): Promise<VolumeWorld> {
    const world = await stored('server', false)
    let begun = 0
    const start = async (tx: Tx, workflow: { readonly name: string }, _input: unknown, options: { id: string }) => {
      assert.equal(workflow.name, 'image.move')
      begun++
      const run = { id: options.id, name: workflow.name, input: '{}', status: well ? 'succeeded' : 'failed' }
      const error = well ? null : JSON.stringify({ message: 'the store is away', seen: 'refused' })
      const rest = { owner: 'model', epoch: 1, attempts: 0, cancel_requested: 0, saves: 0, created: 1, updated: 1 }
      await tx
        .insertInto('workflow_run')
        .values({ ...run, error, ...rest } as never)
        .execute()
      return options.id
    }
    Object.assign(world.ctx, { engine: { start, kick: () => undefined } })
    return { ...world, observe: async () => ({ begun }) }
  }
  const move = { kind: 'snapshot' as const, fromRowId: 1, toRowId: 2 }
  const moves = [1, 2, 3].map((id) => ({ ...move, id, name: `s${id}` }))
  const play = (well: boolean, faults: readonly Fault[]) =>
    playScenario(
      imageStoreMigrateWorkflow,
      { makeWorld: () => migrating(well), input: { fromName: 'server', moves }, lockKey: 'image-store:1' },
      faults,
    )
  const points = [0, 1, 2].flatMap((nth): Fault[] => [
    { at: 'before-do', step: 'move', nth, how: 'crash' },
    { at: 'before-commit', nth, how: 'crash' },
    { at: 'after-commit', nth, how: 'crash' },
  ])
  test('begins each move once, whatever dies meanwhile, and names those that failed', async () => {
    for (const well of [true, false]) {
      for (const faults of [[], ...points.map((fault) => [fault])]) {
        const { status, observed, failure } = await play(well, faults)
        assert.deepEqual([status, observed], [well ? 'succeeded' : 'failed', { begun: 3 }], JSON.stringify(faults))
        if (!well) {
          assert.match(`${failure?.message} ${failure?.seen}`, /3 of 3 images stay .* snapshot s1: the store is away/)
        }
      }
    }
  })
})

/** A copy that is there stays: others may use it already. So what is judged is whether rows, files and claims agree. */
describe('template.prepare', () => {
  async function preparing(): Promise<VolumeWorld> {
    const world = await makeImageWorld(false)
    const { ctx, model, zone } = world
    return {
      ...world,
      async observe() {
        const copies = await ctx.db.selectFrom('template_spool_ref').select(['state', 'template_size']).execute()
        const pool = await ctx.db
          .selectFrom('storage_pool')
          .select('allocated_bytes')
          .where('id', '=', zone.pool.id)
          .executeTakeFirstOrThrow()
        const ready = copies.filter((row) => row.state === 'Ready').length
        const there = model.files.get(zone.pool.uuid)?.has(zone.template) === true
        const claimed = copies.reduce((sum, row) => sum + row.template_size, 0)
        assert.equal(pool.allocated_bytes, 2 ** 30 + claimed)
        // A host may have brought it and the server not have heard: the next use brings it again, into the same file.
        assert.ok(ready === 0 || there)
        assert.deepEqual(copies.length, ready)
        return { ready, there }
      },
    }
  }
  const play = (faults: readonly Fault[]) =>
    playScenario(
      templatePrepareWorkflow,
      {
        makeWorld: preparing,
        input: (world) => ({ templateId: 1, poolIds: [(world as VolumeWorld).zone.pool.id] }),
      },
      faults,
    )
  test('the copy is there once, whatever dies meanwhile; a failure leaves rows, files and claims agreed', async () => {
    const good = { ready: 1, there: true }
    const step = 'bring'
    const deaths: Fault[] = [
      { at: 'before-do', step, how: 'crash' },
      { at: 'after-do', step, how: 'crash' },
      { at: 'after-do', step, how: 'repeat' },
      ...[0, 1, 2].flatMap((nth): Fault[] => [
        { at: 'before-commit', nth, how: 'crash' },
        { at: 'after-commit', nth, how: 'crash' },
      ]),
    ]
    for (const faults of [[], ...deaths.map((fault) => [fault])]) {
      const { status, observed } = await play(faults)
      assert.deepEqual([status, observed], ['succeeded', good], JSON.stringify(faults))
    }
    const before = await play([{ at: 'before-do', step, how: 'fail' }])
    assert.deepEqual([before.status, before.observed], ['failed', { ready: 0, there: false }])
    const late = await play([{ at: 'after-do', step, how: 'fail' }])
    assert.deepEqual([late.status, late.observed], ['failed', good])
  })
})
