import type { JsonObject } from '@altostack/core'
import type { LawWorld } from '@altostack/testkit'
import { simulatedRuntime } from '@altostack/testkit'
import { createConfig } from '../config/config.ts'
import { createSecrets } from '../config/secrets.ts'
import type { ServerContext } from '../context.ts'
import type { Db, Row } from '../db/database.ts'
import { createLogger } from '../log/logger.ts'
import { openMemoryDatabase } from './memory-database.ts'
import { createModelHosts, type ModelHosts } from './model-hosts.ts'
import { insertModelZone, type ModelZone } from './model-zone.ts'

const GIB = 1024 ** 3

/** A zone with two hosts, a VM that runs on the first (or is stopped) and a detached data volume of 1 GiB, in memory. */
export type VolumeWorld = LawWorld<ServerContext> & {
  readonly zone: ModelZone
  readonly model: ModelHosts
  readonly vm: Row<'vm_instance'>
  readonly volume: Row<'volumes'>
  readonly otherPool: { readonly id: number; readonly uuid: string }
}

export async function makeVolumeWorld(
  options: {
    readonly runs?: boolean
    readonly state?: string
    readonly attached?: boolean
    readonly dataDir?: string
  } = {},
): Promise<VolumeWorld> {
  const runtime = simulatedRuntime(7)
  const { db, close } = await openMemoryDatabase(runtime)
  await seedLittle(db, runtime.uuid)
  const secrets = createSecrets(Buffer.alloc(32, 1), runtime.randomBytes)
  const zone = await insertModelZone(db, runtime.uuid, { hosts: 2 })
  const model = createModelHosts(
    zone.hosts.map((host) => host.id),
    options.dataDir === undefined ? {} : { dataDir: options.dataDir },
  )
  const ctx = {
    runtime,
    db,
    read: db,
    secrets,
    config: await createConfig(db, secrets),
    log: createLogger({ level: 'silent' }),
    agents: model.agents,
    feed: { wake: () => undefined, next: async () => undefined },
    incarnation: 'law',
    dataDir: options.dataDir ?? '/nonexistent',
    afterCommit: (task: () => void) => task(),
  } as unknown as ServerContext
  const vm = await insertVmRow(db, runtime.uuid(), zone, options.runs !== false)
  if (options.runs !== false) {
    model.hosts.get(zone.hosts[0]!.id)!.guests.set(vm.instance_name, { generation: 1, state: 'running', uuid: vm.uuid })
  }
  const otherPool = await secondPool(db, runtime.uuid(), zone)
  const attached = options.attached === true
  const state = options.state ?? 'Ready'
  const volume = await insertVolumeRow(db, runtime.uuid(), zone, attached ? vm.id : null, state)
  model.files.set(zone.pool.uuid, new Set([volume.uuid]))
  model.sizes.set(volume.uuid, GIB)
  if (attached && options.runs !== false) model.plug(vm.instance_name, volume.uuid)
  await db.updateTable('storage_pool').set({ allocated_bytes: GIB }).where('id', '=', zone.pool.id).execute()
  return { ctx, db, runtime, zone, model, vm, volume, otherPool, observe: () => observe(db, model, zone), close }
}

/** What rows refer to; the whole seed would take most of the time of the many scenarios. */
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

async function insertVmRow(db: Db, uuid: string, zone: ModelZone, runs: boolean): Promise<Row<'vm_instance'>> {
  const hostId = zone.hosts[0]!.id
  await db
    .insertInto('vm_instance')
    .values({
      uuid,
      name: 'law',
      instance_name: 'i-2-1-VM',
      state: runs ? 'Running' : 'Stopped',
      generation: 1,
      account_id: 2,
      domain_id: 1,
      user_id: 2,
      data_center_id: 1,
      host_id: runs ? hostId : null,
      last_host_id: hostId,
      service_offering_id: 1,
      guest_os_id: 1,
      hypervisor_type: 'KVM',
      cpu: 1,
      speed: 500,
      ram_size: 512,
      created: 1,
    })
    .execute()
  return await db.selectFrom('vm_instance').selectAll().where('uuid', '=', uuid).executeTakeFirstOrThrow()
}

async function insertVolumeRow(
  db: Db,
  uuid: string,
  zone: ModelZone,
  vmId: number | null,
  state: string,
): Promise<Row<'volumes'>> {
  await db
    .insertInto('volumes')
    .values({
      uuid,
      name: 'data',
      account_id: 2,
      domain_id: 1,
      data_center_id: 1,
      pool_id: zone.pool.id,
      instance_id: vmId,
      device_id: vmId === null ? null : 1,
      volume_type: 'DATADISK',
      state,
      size: GIB,
      created: 1,
      updated: 1,
    })
    .execute()
  return await db.selectFrom('volumes').selectAll().where('uuid', '=', uuid).executeTakeFirstOrThrow()
}

async function secondPool(db: Db, uuid: string, zone: ModelZone): Promise<{ id: number; uuid: string }> {
  const pool = await db.selectFrom('storage_pool').selectAll().where('id', '=', zone.pool.id).executeTakeFirstOrThrow()
  const { id: _, ...rest } = pool
  const { insertId } = await db
    .insertInto('storage_pool')
    .values({ ...rest, uuid, name: 'primary2', path: '/primary2' })
    .executeTakeFirstOrThrow()
  const id = Number(insertId)
  for (const host of zone.hosts) {
    await db
      .insertInto('storage_pool_host_ref')
      .values({ host_id: host.id, pool_id: id, local_path: '/primary2', created: 1, last_updated: 1 })
      .execute()
  }
  return { id, uuid }
}

/** The oracle: rows beside what is really on the pools and in the guests, without times and random ids. */
async function observe(db: Db, model: ModelHosts, zone: ModelZone): Promise<JsonObject> {
  const volumes = await db.selectFrom('volumes').selectAll().orderBy('id').execute()
  const pools = await db.selectFrom('storage_pool').selectAll().orderBy('id').execute()
  const snapshots = await db.selectFrom('snapshots').selectAll().orderBy('id').execute()
  const vmSnapshots = await db.selectFrom('vm_snapshots').selectAll().orderBy('id').execute()
  const named = new Map<string, string>([
    ...volumes.map((row): [string, string] => [row.uuid, `volume ${row.id}`]),
    ...snapshots.map((row): [string, string] => [row.uuid, `snapshot ${row.id}`]),
    [zone.template, 'template'],
  ])
  return {
    volumes: volumes.map((row) => ({
      state: row.state,
      removed: row.removed !== null,
      pool: row.pool_id,
      vm: row.instance_id,
      device: row.device_id,
      size: row.size,
      offering: row.disk_offering_id,
      really: model.sizes.get(row.uuid) ?? 0,
    })),
    snapshots: snapshots.map((row) => ({ status: row.status, removed: row.removed !== null })),
    vmSnapshots: vmSnapshots.map((row) => ({ state: row.state, removed: row.removed !== null, current: row.current })),
    pools: pools.map((pool) => ({
      allocated: pool.allocated_bytes,
      files: [...(model.files.get(pool.uuid) ?? [])].map((name) => named.get(name) ?? 'unknown').sort(),
    })),
    inner: [...model.inner].map((name) => named.get(name.split('/')[0] ?? '') ?? 'unknown').sort(),
    plugged: [...model.plugged].map((name) => named.get(name.split('/')[1] ?? '') ?? 'unknown').sort(),
  }
}
