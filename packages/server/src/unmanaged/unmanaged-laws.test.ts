import type { UnmanagedGuest } from '@altostack/agent-api'
import { type LawWorld, workflowLaws } from '@altostack/testkit'
import type { ServerContext } from '../context.ts'
import { makeVolumeWorld, type VolumeWorld } from '../testing/volume-world.ts'
import { vmImportWorkflow } from './workflows/vm-import.ts'
import { vmImportDiskWorkflow } from './workflows/vm-import-disk.ts'
import { vmUnmanageWorkflow } from './workflows/vm-unmanage.ts'
import { volumeImportWorkflow } from './workflows/volume-import.ts'
import { volumeUnmanageWorkflow } from './workflows/volume-unmanage.ts'

const GIB = 1024 ** 3

/** Rows, what the hosts run and have aside, and files, without ids and times. */
async function observe({ ctx, model, zone }: VolumeWorld) {
  const vms = await ctx.db.selectFrom('vm_instance').selectAll().where('removed', 'is', null).execute()
  const volumes = await ctx.db.selectFrom('volumes').selectAll().where('removed', 'is', null).execute()
  const nics = await ctx.db.selectFrom('nics').select('id').where('removed', 'is', null).execute()
  const pool = await ctx.db
    .selectFrom('storage_pool')
    .select('allocated_bytes')
    .where('id', '=', zone.pool.id)
    .executeTakeFirstOrThrow()
  const capacity = await ctx.db.selectFrom('host_capacity').select('vms').orderBy('host_id').execute()
  return {
    vms: vms.map(({ instance_name, state, host_id }) => ({ instance_name, state, host_id })),
    volumes: volumes.map(({ volume_type, state, size }) => ({ volume_type, state, size })),
    nics: nics.length,
    allocated: pool.allocated_bytes,
    guests: capacity.map(({ vms: count }) => count),
    running: model.running('web1').length + model.running('i-2-1-VM').length,
    foreign: [...model.foreign.values()].map(({ guest }) => `${guest.name} ${guest.power}`),
    // Named as their owner named them, or as volumes.
    files: [...(model.files.get(zone.pool.uuid) ?? [])].map((name) => (name.includes('.') ? name : 'volume')).sort(),
  }
}

async function importWorld(power: UnmanagedGuest['power']): Promise<VolumeWorld> {
  const world = await makeVolumeWorld({ runs: false })
  const { ctx, model, zone } = world
  await ctx.db.deleteFrom('volumes').execute()
  await ctx.db.deleteFrom('vm_instance').execute()
  await ctx.db.updateTable('storage_pool').set({ allocated_bytes: 0 }).execute()
  const name = power === 'PowerOn' ? ctx.runtime.uuid() : 'web.qcow2'
  const guest: UnmanagedGuest = {
    ...{ name: 'web1', uuid: ctx.runtime.uuid(), power, cpus: 1, memoryBytes: GIB / 2, architecture: 'x86_64' },
    ...{ machineType: '', cpuXml: '', bootMode: 'BIOS', lastGeneration: 0 },
    disks: [{ target: 'vda', bus: 'virtio', path: `/primary/${name}`, format: 'qcow2', sizeBytes: GIB }],
    nics: [{ mac: '52:54:00:00:00:01', model: 'virtio', bridge: 'cloudbr0', tap: 'vnet0' }],
  }
  model.foreign.set('web1', { hostId: zone.hosts[0]!.id, guest })
  model.files.set(zone.pool.uuid, new Set([name]))
  return { ...world, observe: () => observe(world) }
}

for (const power of ['PowerOn', 'PowerOff'] as const) {
  workflowLaws(vmImportWorkflow, {
    makeWorld: () => importWorld(power),
    input: (_world: LawWorld<ServerContext>) => ({
      ...{ clusterId: 1, name: 'web1', displayName: 'web', hostName: 'web', accountId: 2, userId: 2, offeringId: 1 },
      ...{ templateId: null, details: {}, nics: { 0: { networkId: 1, address: null } }, diskOfferings: {} },
      forced: false,
    }),
    lockKey: 'import:1:web1',
    journal: {
      succeeds: ['do look', 'do rows', 'do adopt'],
      unwinds: ['do look', 'do rows', 'do adopt', 'undo adopt', 'undo rows'],
    },
  })
}

workflowLaws(vmUnmanageWorkflow, {
  makeWorld: async () => {
    const world = await makeVolumeWorld({ attached: true })
    await world.ctx.db.updateTable('volumes').set({ volume_type: 'ROOT', device_id: 0 }).execute()
    return { ...world, observe: () => observe(world) }
  },
  input: (world: LawWorld<ServerContext>) => ({
    vmId: (world as VolumeWorld).vm.id,
    site: { hostId: (world as VolumeWorld).zone.hosts[0]!.id, incarnation: 1, vm: null },
    runs: true,
  }),
  lockKey: 'vm:1',
  journal: { succeeds: ['do release'], unwinds: ['do release', 'undo release'] },
})

/** A file that somebody put on the pool, or a detached volume. */
async function fileWorld(file: string | undefined): Promise<VolumeWorld> {
  const world = await makeVolumeWorld({ runs: false })
  if (file !== undefined) {
    const { ctx, model, zone } = world
    await ctx.db.deleteFrom('volumes').execute()
    await ctx.db.updateTable('storage_pool').set({ allocated_bytes: 0 }).execute()
    model.files.set(zone.pool.uuid, new Set([file]))
  }
  return { ...world, observe: () => observe(world) }
}
const anywhere = (world: LawWorld<ServerContext>) => ({
  hostId: (world as VolumeWorld).zone.hosts[0]!.id,
  incarnation: 1,
  vm: null,
})

workflowLaws(volumeImportWorkflow, {
  makeWorld: () => fileWorld('db.qcow2'),
  input: (world: LawWorld<ServerContext>) => ({
    ...{ poolId: 1, fileName: 'db.qcow2', volumeName: 'db', accountId: 2, offeringId: null },
    site: anywhere(world),
  }),
  lockKey: 'import:1:db.qcow2',
  journal: {
    succeeds: ['do look', 'do rows', 'do adopt'],
    unwinds: ['do look', 'do rows', 'do adopt', 'undo adopt', 'undo rows'],
  },
})

workflowLaws(volumeUnmanageWorkflow, {
  makeWorld: () => fileWorld(undefined),
  input: (world: LawWorld<ServerContext>) => ({ volumeId: (world as VolumeWorld).volume.id, site: anywhere(world) }),
  lockKey: 'volume:1',
  journal: { succeeds: ['do look', 'do forget'], unwinds: ['do look', 'do forget'] },
})

workflowLaws(vmImportDiskWorkflow, {
  makeWorld: async () => {
    const world = await fileWorld('db.qcow2')
    await world.ctx.db.deleteFrom('vm_instance').execute()
    return world
  },
  input: (world: LawWorld<ServerContext>) => ({
    ...{ poolId: 1, fileName: 'db.qcow2', networkId: 1, cpus: 1, memoryMib: 512, bus: 'virtio' },
    site: anywhere(world),
    wish: {
      ...{ clusterId: 1, name: 'web', displayName: 'web', hostName: 'web', accountId: 2, userId: 2, offeringId: 1 },
      ...{ templateId: null, details: {} },
    },
  }),
  lockKey: 'import:1:db.qcow2',
  journal: {
    succeeds: ['do look', 'do rows', 'do adopt'],
    unwinds: ['do look', 'do rows', 'do adopt', 'undo adopt', 'undo rows'],
  },
})
