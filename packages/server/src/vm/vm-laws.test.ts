import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Json, JsonObject } from '@altostack/core'
import { type LawWorld, playScenario, simulatedRuntime, workflowLaws } from '@altostack/testkit'
import type { Workflow } from '@altostack/workflow'
import { sql } from 'kysely'
import { createConfig } from '../config/config.ts'
import { createSecrets } from '../config/secrets.ts'
import type { ServerContext } from '../context.ts'
import type { Db } from '../db/database.ts'
import { transact } from '../db/transaction.ts'
import { createLogger } from '../log/logger.ts'
import { openMemoryDatabase } from '../testing/memory-database.ts'
import { createModelHosts, type ModelHosts, type Trouble } from '../testing/model-hosts.ts'
import { insertModelZone } from '../testing/model-zone.ts'
import { createVm } from './create-vm.ts'
import { moveVm, type VirtualMachine } from './vm.states.ts'
import { claimOfSize } from './vm-claims.ts'
import { vmDestroyWorkflow } from './workflows/vm-destroy.ts'
import { vmExpungeWorkflow } from './workflows/vm-expunge.ts'
import { vmMigrateWorkflow } from './workflows/vm-migrate.ts'
import { type RestoreInput, vmRestoreWorkflow } from './workflows/vm-restore.ts'
import { vmStartWorkflow } from './workflows/vm-start.ts'
import { vmStopWorkflow } from './workflows/vm-stop.ts'

type World = LawWorld<ServerContext> & { readonly vm: VirtualMachine }
type Phase = 'starting' | 'running' | 'stopping' | 'expunging'

/** One zone with two hosts and one VM, which is about to start, runs on the first host, stops there or is expunged. */
async function makeWorld(phase: Phase, ...troubles: readonly Trouble[]): Promise<World> {
  return await buildWorld(phase, troubles)
}

/** `apart`: the second host has a pool of its own and not that of the first. */
async function buildWorld(phase: Phase, troubles: readonly Trouble[], apart = false): Promise<World> {
  const runtime = simulatedRuntime(7)
  const { db, close } = await openMemoryDatabase(runtime)
  await seedLittle(db, runtime.uuid)
  const secrets = createSecrets(Buffer.alloc(32, 1), runtime.randomBytes)
  const zone = await insertModelZone(db, runtime.uuid, { hosts: 2 })
  const model = createModelHosts(zone.hosts.map((host) => host.id))
  for (const trouble of troubles) model.trouble(trouble)
  const ctx = {
    runtime,
    db,
    read: db,
    secrets,
    config: await createConfig(db, secrets),
    log: createLogger({ level: 'silent' }),
    agents: model.agents,
    feed: {
      wake: () => undefined,
      next: async () => undefined,
      runMoved: () => undefined,
      followRuns: () => () => undefined,
    },
    incarnation: 'law',
    afterCommit: (task: () => void) => task(),
    engine: { start: noteClear, kick: () => undefined },
  } as unknown as ServerContext
  await sql`create table law_clear (volume_id integer, pool_id integer)`.execute(db)
  if (apart) await ownPools(db, runtime.uuid(), zone)
  const vm = await transact(ctx, (tx) => newVm(tx as unknown as Db, ctx, phase, zone, model))
  return { ctx, db, runtime, vm, observe: () => observe(db, model), close }
}

/** Stands for the run that removes what a volume left on a pool: committed with whoever starts it. */
async function noteClear(
  tx: unknown,
  _workflow: unknown,
  input: { volumeId: number; poolId: number },
): Promise<string> {
  await sql`insert into law_clear values (${input.volumeId}, ${input.poolId})`.execute(tx as Db)
  return 'clear'
}

async function ownPools(db: Db, uuid: string, zone: Awaited<ReturnType<typeof insertModelZone>>): Promise<void> {
  const { id: _, ...first } = await db
    .selectFrom('storage_pool')
    .selectAll()
    .where('id', '=', zone.pool.id)
    .executeTakeFirstOrThrow()
  const { insertId } = await db
    .insertInto('storage_pool')
    .values({ ...first, uuid, name: 'primary2' })
    .executeTakeFirstOrThrow()
  await db
    .updateTable('storage_pool_host_ref')
    .set({ pool_id: Number(insertId) })
    .where('host_id', '=', zone.hosts[1]!.id)
    .execute()
}

/** What a VM's rows refer to; the whole seed would take most of the time of the many scenarios. */
async function seedLittle(db: Db, uuid: () => string): Promise<void> {
  const created = 1
  await db.insertInto('domain').values({ uuid: uuid(), name: 'ROOT', owner: 2, path: '/', created }).execute()
  for (const account_name of ['system', 'admin']) {
    await db
      .insertInto('account')
      .values({ uuid: uuid(), account_name, type: 1, role_id: 1, domain_id: 1, created })
      .execute()
  }
  await db.insertInto('guest_os').values({ uuid: uuid(), category_id: 1, display_name: 'Other', created }).execute()
  await db
    .insertInto('network_offerings')
    .values({
      uuid: uuid(),
      name: 'shared',
      display_text: 'shared',
      traffic_type: 'Guest',
      guest_type: 'Shared',
      availability: 'Optional',
      created,
    })
    .execute()
}

async function newVm(
  tx: Db,
  ctx: ServerContext,
  phase: Phase,
  zone: Awaited<ReturnType<typeof insertModelZone>>,
  model: ModelHosts,
): Promise<VirtualMachine> {
  const one = <T extends 'account' | 'data_center' | 'vm_template' | 'service_offering' | 'networks'>(
    table: T,
    uuid: string,
  ) =>
    // biome-ignore lint/suspicious/noExplicitAny: one look-up for several tables
    (tx as any).selectFrom(table).selectAll().where('uuid', '=', uuid).executeTakeFirstOrThrow()
  const account = await tx.selectFrom('account').selectAll().where('id', '=', 2).executeTakeFirstOrThrow()
  const created = await createVm(
    tx as never,
    ctx,
    { userId: 2 } as never,
    {
      account,
      zone: await one('data_center', zone.zone),
      template: await one('vm_template', zone.template),
      iso: false,
      hypervisor: 'KVM',
      offering: await one('service_offering', zone.offering),
      diskOffering: undefined,
      size: { cpu: 1, speed: 500, ramSize: 512 },
      details: {},
      rootBytes: 1024 ** 3,
      dataDisks: [],
      templateFileBytes: 50_000_000,
      nics: [{ network: await one('networks', zone.network) }],
      name: 'law',
      guest: {
        userData: null,
        userDataId: null,
        userDataDetails: null,
        keyPairs: [],
        groups: [],
        password: undefined,
      },
      allowDisabled: false,
    },
    { displayName: undefined, group: undefined, displayVm: true, dynamicallyScalable: undefined, customId: undefined },
  )
  const starting = await moveVm(tx as never, ctx, created, 'StartRequested', { cause: 'law' })
  if (phase === 'starting') return starting
  const host = zone.hosts[0]!
  const claim = claimOfSize(starting)
  await tx
    .updateTable('host_capacity')
    .set({ cpu_used: claim.cpu, memory_used: claim.memory, cores_used: claim.cores, vms: 1 })
    .where('host_id', '=', host.id)
    .execute()
  const volume = await tx
    .selectFrom('volumes')
    .selectAll()
    .where('instance_id', '=', starting.id)
    .executeTakeFirstOrThrow()
  await tx.updateTable('volumes').set({ state: 'Ready', pool_id: zone.pool.id }).where('id', '=', volume.id).execute()
  await tx.updateTable('storage_pool').set({ allocated_bytes: volume.size }).where('id', '=', zone.pool.id).execute()
  model.files.set(zone.pool.uuid, new Set([volume.uuid]))
  const running = await moveVm(tx as never, ctx, starting, 'OperationSucceeded', {
    cause: 'law',
    set: {
      host_id: host.id,
      last_host_id: host.id,
      power_host: host.id,
      generation: 1,
      claimed_cpu: claim.cpu,
      claimed_memory: claim.memory,
      claimed_cores: claim.cores,
    },
  })
  model.hosts.get(host.id)!.guests.set(running.instance_name, { generation: 1, state: 'running', uuid: running.uuid })
  if (phase === 'running') return running
  const stopping = await moveVm(tx as never, ctx, running, 'StopRequested', { cause: 'law' })
  if (phase === 'stopping') return stopping
  model.hosts.get(host.id)!.guests.clear()
  await tx.updateTable('host_capacity').set({ cpu_used: 0, memory_used: 0, cores_used: 0, vms: 0 }).execute()
  const set = { host_id: null } as const
  const stopped = await moveVm(tx as never, ctx, stopping, 'OperationSucceeded', { cause: 'law', set })
  const destroyed = await moveVm(tx as never, ctx, stopped, 'DestroyRequested', { cause: 'law' })
  return await moveVm(tx as never, ctx, destroyed, 'ExpungeOperation', { cause: 'law' })
}

/** The oracle: rows, guests and files side by side, hosts as roles because the planner chooses by chance. */
async function observe(db: Db, model: ModelHosts): Promise<Json> {
  const vms = await db.selectFrom('vm_instance').selectAll().execute()
  const volumes = await db.selectFrom('volumes').selectAll().execute()
  const nics = await db.selectFrom('nics').select('id').where('removed', 'is', null).execute()
  const capacity = await db
    .selectFrom('host_capacity')
    .select([
      sql<number>`sum(cpu_used)`.as('cpuUsed'),
      sql<number>`sum(cpu_reserved)`.as('cpuReserved'),
      sql<number>`sum(memory_used)`.as('memoryUsed'),
      sql<number>`sum(vms)`.as('vms'),
    ])
    .executeTakeFirstOrThrow()
  const pools = await db.selectFrom('storage_pool').select(['id', 'uuid', 'allocated_bytes']).execute()
  const reach = await db.selectFrom('storage_pool_host_ref').select(['host_id', 'pool_id']).execute()
  const clears = await sql<{ volume_id: number; pool_id: number }>`select * from law_clear`.execute(db)
  const uuidOf = (id: number | null): string => pools.find((pool) => pool.id === id)?.uuid ?? ''
  const copies = await db.selectFrom('template_spool_ref').select('template_size').execute()
  const kept = pools.flatMap((pool) =>
    [...(model.files.get(pool.uuid) ?? [])].flatMap((name) => {
      const volume = volumes.find((one) => one.uuid === name)
      const cleared = clears.rows.some((row) => row.volume_id === volume?.id && row.pool_id === pool.id)
      return volume === undefined || cleared ? [] : [{ pool, volume }]
    }),
  )
  return {
    vms: vms.map((vm) => ({
      state: vm.state,
      removed: vm.removed !== null,
      guests: model.running(vm.instance_name).length,
      // A row that says Running names the very host that runs the guest.
      where: vm.host_id === null ? 'none' : model.running(vm.instance_name).includes(vm.host_id) ? 'guest' : 'no guest',
    })),
    volumes: volumes.map((volume) => ({
      state: volume.state,
      removed: volume.removed !== null,
      pool: volume.pool_id !== null,
      // Whole, where the row says, on a pool that the guest's host has.
      whole:
        model.files.get(uuidOf(volume.pool_id))?.has(volume.uuid) === true &&
        !model.half.has(`${uuidOf(volume.pool_id)}/${volume.uuid}`),
      reached: vms.every(
        (vm) =>
          vm.host_id === null ||
          volume.instance_id !== vm.id ||
          reach.some(({ host_id, pool_id }) => host_id === vm.host_id && pool_id === volume.pool_id),
      ),
    })),
    // Files that are no volume's and that nobody is going to remove.
    left: kept.filter(({ pool, volume }) => pool.id !== volume.pool_id).length,
    files: kept.length,
    nics: nics.length,
    capacity: { ...capacity } as JsonObject,
    allocated:
      pools.reduce((sum, pool) => sum + pool.allocated_bytes, 0) -
      copies.reduce((sum, copy) => sum + copy.template_size, 0),
  }
}

const place = { considerLastHost: true, allowDisabled: false }

workflowLaws(vmStartWorkflow, {
  makeWorld: () => makeWorld('starting'),
  input: (world: LawWorld<ServerContext>) => ({ vmId: (world as World).vm.id, first: true, ...place }),
  lockKey: 'vm:1',
  journal: {
    succeeds: ['do reserve', 'do template', 'do volume', 'do files', 'do start', 'do verdict'],
    unwinds: [
      'do reserve',
      'do template',
      'do volume',
      'do files',
      'do start',
      'do verdict',
      'undo start',
      'undo volume',
    ],
  },
})

describe('vm.start on a host that fails half way', () => {
  const options = (method: 'vm.start' | 'volume.create') => ({
    makeWorld: () => makeWorld('starting', { method, how: 'half' }),
    input: (world: LawWorld<ServerContext>) => ({ vmId: (world as World).vm.id, first: true, ...place }),
  })
  for (const [method, step] of [
    ['vm.start', 'start'],
    ['volume.create', 'volume'],
  ] as const) {
    test(`${method}: a crash before its outcome is saved, then a failure, leaves nothing`, async () => {
      const { status, observed } = await playScenario(vmStartWorkflow, options(method), [
        { at: 'after-do', step, how: 'crash' },
        { at: 'before-do', step: 'verdict', how: 'fail' },
      ])
      const { vms, files, allocated } = observed as {
        vms: { state: string; guests: number }[]
        files: number
        allocated: number
      }
      assert.deepEqual([status, vms[0]?.state, vms[0]?.guests, files, allocated], ['failed', 'Error', 0, 0, 0])
    })
  }
})

/**
 * What ends a guest or removes a file cannot be taken back, so a failure after the effect leaves another world than one
 * before it; the other laws hold: repeats and crashes anywhere change nothing, and the row never says what is not so.
 */
function lawsWithoutUndo<I extends Json>(
  workflow: Workflow<ServerContext, I>,
  phase: Phase,
  input: (vm: VirtualMachine) => I,
  effects: readonly string[],
): void {
  const options = {
    makeWorld: () => makeWorld(phase),
    input: (world: LawWorld<ServerContext>) => input((world as World).vm),
    lockKey: 'vm:1',
  }
  describe(`laws of ${workflow.name}`, () => {
    test('repeats and crashes at every point change nothing', async () => {
      const clean = await playScenario(workflow, options, [])
      assert.equal(clean.status, 'succeeded')
      for (const step of effects) {
        const repeated = await playScenario(workflow, options, [{ at: 'after-do', step, how: 'repeat' }])
        assert.deepEqual(repeated.observed, clean.observed, `${step} repeated`)
        for (const at of ['before-do', 'after-do'] as const) {
          const crashed = await playScenario(workflow, options, [{ at, step, how: 'crash' }])
          assert.deepEqual([crashed.status, crashed.observed], ['succeeded', clean.observed], `crash ${at} ${step}`)
        }
      }
      for (let nth = 0; nth < clean.commits; nth++) {
        for (const at of ['before-commit', 'after-commit'] as const) {
          const crashed = await playScenario(workflow, options, [{ at, nth, how: 'crash' }])
          assert.deepEqual(crashed.observed, clean.observed, `crash ${at} ${nth}`)
        }
      }
    })
    for (const step of effects) {
      for (const at of ['before-do', 'after-do'] as const) {
        test(`the rows tell the truth when ${step} fails ${at === 'before-do' ? 'before' : 'after'} its effect`, async () => {
          const { status, observed } = await playScenario(workflow, options, [{ at, step, how: 'fail' }])
          assert.equal(status, 'failed')
          const [vm] = (observed as { vms: { state: string; guests: number; where: string }[] }).vms
          assert.equal(vm?.where, vm?.guests === 1 ? 'guest' : 'none', JSON.stringify(vm))
          assert.equal(vm?.state === 'Running', vm?.guests === 1, JSON.stringify(vm))
        })
      }
    }
  })
}

lawsWithoutUndo(
  vmRestoreWorkflow as Workflow<ServerContext, RestoreInput>,
  'stopping',
  (vm): RestoreInput => ({
    vmId: vm.id,
    first: false,
    ...place,
    root: { templateId: 1, iso: false, bytes: 1024 ** 3, diskOfferingId: null, details: {}, expunge: false },
    endOn: vm.host_id,
    graceMs: 0,
  }),
  ['stop', 'volume', 'start'],
)
lawsWithoutUndo(vmStopWorkflow, 'stopping', (vm) => ({ vmId: vm.id, hostId: vm.host_id, graceMs: 0 }), ['stop'])
lawsWithoutUndo(
  vmDestroyWorkflow,
  'stopping',
  (vm) => ({ vmId: vm.id, hostId: vm.host_id, graceMs: 0, expunge: true }),
  ['stop', 'disks'],
)
for (const [name, workflow, more] of [
  ['stop', vmStopWorkflow, {}],
  ['destroy', vmDestroyWorkflow, { expunge: true }],
] as const) {
  describe(`${name} while libvirtd is away`, () => {
    const play = (times: number) => {
      const trouble: Trouble = { method: 'vm.stop', how: 'libvirt', times }
      return playScenario(
        workflow as Workflow,
        {
          makeWorld: () => makeWorld('stopping', trouble),
          input: (world: LawWorld<ServerContext>) => {
            const { vm } = world as World
            return { vmId: vm.id, hostId: vm.host_id, graceMs: 0, ...more }
          },
          lockKey: 'vm:1',
        },
        [],
      )
    }
    test('it is asked again until libvirtd is back', async () => {
      assert.equal((await play(5)).status, 'succeeded')
    })
    test('a libvirtd that stays away is named in the end, and the row tells the truth', async () => {
      const { status, observed } = await play(1000)
      assert.equal(status, 'failed')
      const [vm] = (observed as { vms: { state: string; guests: number; where: string }[] }).vms
      assert.deepEqual([vm?.state, vm?.guests, vm?.where], ['Running', 1, 'guest'])
    })
  })
}
lawsWithoutUndo(vmExpungeWorkflow, 'expunging', (vm) => ({ vmId: vm.id }), ['disks'])

workflowLaws(vmMigrateWorkflow, {
  makeWorld: () => makeWorld('running'),
  input: (world: LawWorld<ServerContext>) => ({
    vmId: (world as World).vm.id,
    sourceHostId: (world as World).vm.host_id as number,
  }),
  lockKey: 'vm:1',
  journal: {
    succeeds: ['do check', 'do claim', 'do prepare', 'do move', 'do settle', 'do verdict'],
    unwinds: [
      'do check',
      'do claim',
      'do prepare',
      'do move',
      'do settle',
      'do verdict',
      'undo move',
      'undo prepare',
      'undo claim',
    ],
  },
  failureDependsOnStep: true,
})

describe('with its disks', () => {
  workflowLaws(vmMigrateWorkflow, {
    makeWorld: () => buildWorld('running', [], true),
    input: (world: LawWorld<ServerContext>) => ({
      vmId: (world as World).vm.id,
      sourceHostId: (world as World).vm.host_id as number,
      withVolumes: true,
    }),
    lockKey: 'vm:1',
    journal: {
      succeeds: ['do check', 'do claim', 'do prepare', 'do move', 'do settle', 'do verdict'],
      unwinds: [
        'do check',
        'do claim',
        'do prepare',
        'do move',
        'do settle',
        'do verdict',
        'undo move',
        'undo prepare',
        'undo claim',
      ],
    },
    failureDependsOnStep: true,
  })

  type Observed = {
    vms: { state: string; guests: number; where: string }[]
    volumes: { state: string; whole: boolean; reached: boolean }[]
    left: number
  }
  const options = {
    makeWorld: () => buildWorld('running', [], true),
    input: (world: LawWorld<ServerContext>) => ({
      vmId: (world as World).vm.id,
      sourceHostId: (world as World).vm.host_id as number,
      withVolumes: true,
    }),
    lockKey: 'vm:1',
  }
  for (const step of ['check', 'claim', 'prepare', 'move', 'settle', 'verdict']) {
    for (const at of ['before-do', 'after-do'] as const) {
      test(`a failure ${at} ${step}: one side runs the guest with all its data, and nothing half is left`, async () => {
        for (const crash of [false, true]) {
          const breaks = crash ? [{ at: 'after-do', step, how: 'crash' } as const] : []
          const { observed } = await playScenario(vmMigrateWorkflow, options, [...breaks, { at, step, how: 'fail' }])
          const { vms, volumes, left } = observed as unknown as Observed
          assert.deepEqual(
            vms.map(({ state, guests, where }) => [state, guests, where]),
            [['Running', 1, 'guest']],
          )
          assert.deepEqual(
            volumes.map(({ state, whole, reached }) => [state, whole, reached]),
            [['Ready', true, true]],
          )
          assert.equal(left, 0)
        }
      })
    }
  }
})
