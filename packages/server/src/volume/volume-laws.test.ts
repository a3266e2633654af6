import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Json } from '@altostack/core'
import { type LawWorld, playScenario, workflowLaws } from '@altostack/testkit'
import type { Workflow } from '@altostack/workflow'
import type { ServerContext } from '../context.ts'
import { makeVolumeWorld, type VolumeWorld } from '../testing/volume-world.ts'
import type { Site } from './volume-site.ts'
import { volumeAttachWorkflow } from './workflows/volume-attach.ts'
import { volumeCreateWorkflow } from './workflows/volume-create.ts'
import { volumeDetachWorkflow } from './workflows/volume-detach.ts'
import { volumeResizeWorkflow } from './workflows/volume-resize.ts'

const GIB = 1024 ** 3
type WorldOptions = Parameters<typeof makeVolumeWorld>[0]

function laws<I extends Json>(
  workflow: Workflow<ServerContext, I>,
  make: WorldOptions,
  input: (world: VolumeWorld) => I,
  succeeds: readonly string[],
  unwinds: readonly string[],
  prepare?: (world: VolumeWorld) => Promise<void>,
): void {
  workflowLaws(workflow, {
    makeWorld: async () => {
      const world = await makeVolumeWorld(make)
      await prepare?.(world)
      return world
    },
    input: (world: LawWorld<ServerContext>) => input(world as VolumeWorld),
    lockKey: 'vm:1',
    journal: { succeeds, unwinds },
  })
}

/** The first host, where the guest runs. */
function atGuest({ zone, vm }: VolumeWorld): Site {
  const guest = { instanceName: vm.instance_name, uuid: vm.uuid, generation: 1 }
  return { hostId: zone.hosts[0]!.id, incarnation: 1, vm: guest }
}
function anywhere({ zone }: VolumeWorld): Site {
  return { hostId: zone.hosts[0]!.id, incarnation: 1, vm: null }
}

laws(
  volumeCreateWorkflow,
  { state: 'Creating' },
  (world) => ({ volumeId: world.volume.id, site: anywhere(world) }),
  ['do file', 'do ready'],
  ['do file', 'do ready', 'undo file'],
  async ({ model, zone }) => void model.files.set(zone.pool.uuid, new Set()),
)

laws(
  volumeAttachWorkflow,
  { state: 'Attaching', attached: true },
  (world) => ({ volumeId: world.volume.id, vmId: world.vm.id, site: atGuest(world), create: false }),
  ['do plug', 'do given'],
  ['do plug', 'do given', 'undo plug'],
  async ({ model, vm, volume }) => model.unplug(vm.instance_name, volume.uuid),
)

laws(
  volumeAttachWorkflow,
  { state: 'Creating', attached: true },
  (world) => ({ volumeId: world.volume.id, vmId: world.vm.id, site: atGuest(world), create: true }),
  ['do file', 'do plug', 'do given'],
  ['do file', 'do plug', 'do given', 'undo plug', 'undo file'],
  async ({ model, vm, volume, zone }) => {
    model.unplug(vm.instance_name, volume.uuid)
    model.files.set(zone.pool.uuid, new Set())
  },
)

laws(
  volumeDetachWorkflow,
  { attached: true },
  (world) => ({ volumeId: world.volume.id, vmId: world.vm.id, site: atGuest(world), timeoutMs: 1000 }),
  ['do unplug', 'do given'],
  ['do unplug', 'do given', 'undo unplug'],
)

/** A disk that has grown cannot be taken back: the laws are that repeats and crashes change nothing and rows tell the truth. */
describe(`laws of ${volumeResizeWorkflow.name}`, () => {
  const options = {
    makeWorld: async () => {
      const world = await makeVolumeWorld({ state: 'Resizing', attached: true })
      // The command has claimed what the volume grows by.
      await world.ctx.db
        .updateTable('storage_pool')
        .set({ allocated_bytes: 3 * GIB })
        .where('id', '=', world.zone.pool.id)
        .execute()
      return world
    },
    input: (world: LawWorld<ServerContext>) => ({
      volumeId: (world as VolumeWorld).volume.id,
      site: atGuest(world as VolumeWorld),
      fromBytes: GIB,
      toBytes: 3 * GIB,
      shrink: false,
      fromOfferingId: null,
      toOfferingId: 1,
    }),
    lockKey: 'vm:1',
  }
  const steps = ['resize', 'tune'] as const
  test('repeats and crashes at every point change nothing', async () => {
    const clean = await playScenario(volumeResizeWorkflow, options, [])
    assert.equal(clean.status, 'succeeded')
    for (const step of steps) {
      const repeated = await playScenario(volumeResizeWorkflow, options, [{ at: 'after-do', step, how: 'repeat' }])
      assert.deepEqual(repeated.observed, clean.observed)
      for (const at of ['before-do', 'after-do'] as const) {
        const crashed = await playScenario(volumeResizeWorkflow, options, [{ at, step, how: 'crash' }])
        assert.deepEqual([crashed.status, crashed.observed], ['succeeded', clean.observed])
      }
    }
    for (let nth = 0; nth < clean.commits; nth++) {
      for (const at of ['before-commit', 'after-commit'] as const) {
        const crashed = await playScenario(volumeResizeWorkflow, options, [{ at, nth, how: 'crash' }])
        assert.deepEqual(crashed.observed, clean.observed, `${at} ${nth}`)
      }
    }
  })
  for (const step of steps) {
    for (const at of ['before-do', 'after-do'] as const) {
      test(`size and claim tell the truth when ${step} fails ${at}`, async () => {
        const { status, observed } = await playScenario(volumeResizeWorkflow, options, [{ at, step, how: 'fail' }])
        assert.equal(status, 'failed')
        const { volumes, pools } = observed as {
          volumes: { size: number; really: number; state: string; offering: number | null }[]
          pools: { allocated: number }[]
        }
        const grown = !(step === 'resize' && at === 'before-do')
        assert.deepEqual(volumes[0]?.size, grown ? 3 * GIB : GIB)
        assert.deepEqual(
          [volumes[0]?.size, volumes[0]?.state, volumes[0]?.offering, pools[0]?.allocated],
          [volumes[0]?.really, 'Ready', null, volumes[0]?.really],
        )
      })
    }
  }
})
