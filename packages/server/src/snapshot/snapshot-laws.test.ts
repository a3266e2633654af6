import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { Json } from '@altostack/core'
import { type Fault, type LawWorld, playScenario, workflowLaws } from '@altostack/testkit'
import type { Workflow } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'
import { makeVolumeWorld, type VolumeWorld } from '../testing/volume-world.ts'
import { vmSnapshotCreateWorkflow } from '../vm-snapshot/workflows/vm-snapshot-create.ts'
import { volumeMigrateWorkflow } from '../volume/workflows/volume-migrate.ts'
import { snapshotCreateWorkflow } from './workflows/snapshot-create.ts'

const GIB = 1024 ** 3
const directories: string[] = []
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

type World = VolumeWorld & { readonly made: number }

function laws<I extends Json>(
  workflow: Workflow<ServerContext, I>,
  make: Parameters<typeof makeVolumeWorld>[0],
  prepare: (world: VolumeWorld) => Promise<number>,
  input: (world: World) => I,
  succeeds: readonly string[],
  unwinds: readonly string[],
): void {
  workflowLaws(workflow, {
    makeWorld: async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'alto-law-'))
      directories.push(dataDir)
      const world = await makeVolumeWorld({ ...make, dataDir })
      return { ...world, made: await prepare(world) }
    },
    input: (world: LawWorld<ServerContext>) => input(world as World),
    lockKey: 'vm:1',
    journal: { succeeds, unwinds },
  })
}

function atGuest({ zone, vm }: VolumeWorld) {
  const guest = { instanceName: vm.instance_name, uuid: vm.uuid, generation: 1 }
  return { hostId: zone.hosts[0]!.id, incarnation: 1, vm: guest }
}

laws(
  snapshotCreateWorkflow,
  { state: 'Snapshotting', attached: true },
  async ({ ctx, volume, zone }) => {
    const { insertId } = await ctx.db
      .insertInto('snapshots')
      .values({
        uuid: ctx.runtime.uuid(),
        name: 's',
        account_id: 2,
        domain_id: 1,
        data_center_id: 1,
        volume_id: volume.id,
        status: 'Creating',
        size: GIB,
        pool_id: zone.pool.id,
        created: 1,
      })
      .executeTakeFirstOrThrow()
    return Number(insertId)
  },
  (world) => ({ snapshotId: world.made, volumeId: world.volume.id, site: atGuest(world) }),
  ['do take', 'do taken', 'do upload', 'do keep', 'do choose', 'do clear'],
  ['do take', 'do taken', 'do upload', 'do keep', 'do choose', 'do clear', 'undo keep', 'undo upload', 'undo take'],
)

laws(
  volumeMigrateWorkflow,
  { state: 'Migrating', runs: false },
  async ({ ctx, otherPool }) => {
    await ctx.db.updateTable('storage_pool').set({ allocated_bytes: GIB }).where('id', '=', otherPool.id).execute()
    Object.assign(ctx, { engine: { start: async () => 'run', kick: () => undefined } })
    return 0
  },
  ({ volume, zone, otherPool }) => ({
    volumeId: volume.id,
    site: { hostId: zone.hosts[0]!.id, incarnation: 1, vm: null },
    fromPoolId: zone.pool.id,
    toPoolId: otherPool.id,
    bytes: GIB,
    offeringId: null,
  }),
  ['do copy'],
  ['do copy', 'undo copy'],
)

describe('volume.migrate under a running guest', () => {
  type Seen = { volumes: { pool: number; state: string }[]; pools: { allocated: number; files: string[] }[] }
  const steps = ['copy', 'turn', 'pivot'] as const
  async function play(faults: Fault[], dies?: 'in-step' | 'turned'): Promise<{ status: string; observed: Seen }> {
    const options = {
      makeWorld: async () => {
        const world = await makeVolumeWorld({ state: 'Migrating', attached: true })
        const { ctx, model, vm, otherPool } = world
        await ctx.db.updateTable('storage_pool').set({ allocated_bytes: GIB }).where('id', '=', otherPool.id).execute()
        const call: typeof ctx.agents.call = async (hostId, method, params, more) => {
          const guests = model.hosts.get(hostId)?.guests
          // Its QEMU dies when the copy is in step, or in the very moment of the turn.
          if (method === 'volume.mirror.end' && dies === 'turned') guests?.delete(vm.instance_name)
          return await model.agents.call(hostId, method, params, more)
        }
        const run: typeof ctx.agents.run = async (hostId, method, params, more) => {
          const result = await model.agents.run(hostId, method, params, more)
          if (dies === 'in-step') model.hosts.get(hostId)?.guests.delete(vm.instance_name)
          return result
        }
        Object.assign(ctx, {
          engine: { start: async () => 'run', kick: () => undefined },
          agents: { ...model.agents, call, run },
        })
        return world
      },
      input: (made: LawWorld<ServerContext>) => {
        const world = made as VolumeWorld
        const { volume, zone, otherPool } = world
        return {
          volumeId: volume.id,
          site: atGuest(world),
          fromPoolId: zone.pool.id,
          toPoolId: otherPool.id,
          bytes: GIB,
          offeringId: null,
        }
      },
      lockKey: 'vm:1',
    }
    const { status, observed } = await playScenario(volumeMigrateWorkflow, options, faults)
    return { status, observed: observed as unknown as Seen }
  }
  /** The row names a pool that has the file; the other pool has nothing claimed for it. */
  function assertWhole({ volumes, pools }: Seen, moved: boolean, what: string): void {
    assert.deepEqual(volumes, [{ ...volumes[0], pool: moved ? 2 : 1, state: 'Ready' }], what)
    assert.deepEqual(pools[moved ? 1 : 0]?.files, ['volume 1'], what)
    assert.deepEqual(
      pools.map((pool) => pool.allocated),
      moved ? [0, GIB] : [GIB, 0],
      what,
    )
    // The source of a move goes by a run of its own.
    assert.deepEqual(pools[moved ? 0 : 1]?.files, moved ? ['volume 1'] : [], what)
  }

  test('goes well, also when the guest dies with the copy in step or as it turns, whatever crashes meanwhile', async () => {
    for (const dies of [undefined, 'in-step', 'turned'] as const) {
      const faults: Fault[][] = [
        [],
        ...steps.flatMap((step) =>
          (['before-do', 'after-do'] as const).map((at): Fault[] => [{ at, step, how: 'crash' }]),
        ),
        ...[0, 1, 2].map((nth): Fault[] => [{ at: 'after-commit', nth, how: 'crash' }]),
      ]
      for (const fault of faults) {
        const { status, observed } = await play(fault, dies)
        // A copy whose guest is gone before it is in step for sure is made anew by nobody.
        const again = dies === 'in-step' && fault[0]?.at === 'after-do' && fault[0].step === 'copy'
        if (!again) assert.equal(status, 'succeeded', `${dies} ${JSON.stringify(fault)}`)
        assertWhole(observed, status === 'succeeded', `${dies} ${JSON.stringify(fault)}`)
      }
    }
  })

  test('fails with the disk where its guest has it', async () => {
    for (const dies of [undefined, 'in-step', 'turned'] as const) {
      for (const step of steps) {
        for (const at of ['before-do', 'after-do'] as const) {
          const { status, observed } = await play([{ at, step, how: 'fail' }], dies)
          assert.equal(status, 'failed')
          const turned = step === 'pivot' && (at === 'after-do' || dies !== undefined)
          assertWhole(observed, turned, `${dies} ${at} ${step}`)
        }
      }
    }
  })
})

async function creatingVmSnapshot({ ctx, vm, volume }: VolumeWorld): Promise<number> {
  const { insertId } = await ctx.db
    .insertInto('vm_snapshots')
    .values({
      uuid: ctx.runtime.uuid(),
      name: 'v',
      vm_id: vm.id,
      account_id: 2,
      domain_id: 1,
      data_center_id: 1,
      vm_snapshot_type: 'Disk',
      state: 'Creating',
      service_offering_id: 1,
      volumes: JSON.stringify([volume.id]),
      created: 1,
    })
    .executeTakeFirstOrThrow()
  return Number(insertId)
}

laws(
  vmSnapshotCreateWorkflow,
  { attached: true },
  creatingVmSnapshot,
  (world) => ({ snapshotId: world.made, site: atGuest(world), memory: false }),
  ['do take'],
  ['do take', 'undo take'],
)

test('what a VM snapshot left on the disks goes by another host when its own was fenced meanwhile', async () => {
  const { status, observed } = await playScenario(
    vmSnapshotCreateWorkflow,
    {
      makeWorld: async () => {
        const world = await makeVolumeWorld({ attached: true })
        const { agents } = world.ctx
        const run: typeof agents.run = async (hostId, method, params, options) => {
          const result = await agents.run(hostId, method, params, options)
          const fenced = world.ctx.db.updateTable('host').set({ incarnation: 2 }).where('id', '=', hostId)
          if (method === 'vm.snapshot.create') await fenced.execute()
          return result
        }
        Object.assign(world.ctx, { agents: { ...agents, run } })
        return { ...world, made: await creatingVmSnapshot(world) }
      },
      input: (world: LawWorld<ServerContext>) => {
        const made = world as World
        return { snapshotId: made.made, site: atGuest(made), memory: false }
      },
      lockKey: 'vm:1',
    },
    [{ at: 'after-do', step: 'take', how: 'fail' }],
  )
  assert.equal(status, 'failed')
  assert.deepEqual((observed as { inner: string[] }).inner, [])
})
