import assert from 'node:assert/strict'
import type { Json } from '@altostack/core'
import { type LawWorld, simulatedRuntime, workflowLaws } from '@altostack/testkit'
import { createConfig } from '../config/config.ts'
import { createSecrets } from '../config/secrets.ts'
import type { ServerContext } from '../context.ts'
import type { Db } from '../db/database.ts'
import { transact } from '../db/transaction.ts'
import { createLogger } from '../log/logger.ts'
import { allocateNic, claimAddress, insertSecondaryAddress } from '../network/index.ts'
import { openMemoryDatabase } from '../testing/memory-database.ts'
import { createModelHosts, type ModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone } from '../testing/model-zone.ts'
import { type NicsInput, vmNicsWorkflow } from './workflows/vm-nics.ts'

type World = LawWorld<ServerContext> & { readonly input: NicsInput }

/** A running VM with a NIC in a Shared network and one in an L2 network, about to change in this way. */
async function makeWorld(change: NicsInput['change']): Promise<World> {
  const runtime = simulatedRuntime(7)
  const { db, close } = await openMemoryDatabase(runtime)
  const created = 1
  const { uuid } = runtime
  await db.insertInto('domain').values({ uuid: uuid(), name: 'ROOT', owner: 2, path: '/', created }).execute()
  await db.insertInto('guest_os').values({ uuid: uuid(), category_id: 1, display_name: 'Other', created }).execute()
  const offering = { display_text: 'o', traffic_type: 'Guest', availability: 'Optional', created }
  await db
    .insertInto('network_offerings')
    .values({ uuid: uuid(), name: 'o', guest_type: 'L2', ...offering })
    .execute()
  const secrets = createSecrets(Buffer.alloc(32, 1), runtime.randomBytes)
  const zone = await insertModelZone(db, uuid, { hosts: 1 })
  const model = createModelHosts(zone.hosts.map((host) => host.id))
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
    afterCommit: (task: () => void) => task(),
  } as unknown as ServerContext
  const input = await transact(ctx, (tx) => insertGuest(tx as unknown as Db, ctx, model, change, zone.hosts[0]!.id))
  return { ctx, db, runtime, input, observe: () => observe(db, model), close }
}

async function insertGuest(
  tx: Db,
  ctx: ServerContext,
  model: ModelHosts,
  change: NicsInput['change'],
  hostId: number,
): Promise<NicsInput> {
  const created = 1
  const { uuid } = ctx.runtime
  const l2 = await tx.selectFrom('networks').selectAll().executeTakeFirstOrThrow()
  const shared = { ...l2, id: undefined, uuid: uuid(), name: 'shared', guest_type: 'Shared', cidr: '10.1.1.0/24' }
  const { id: _, ...row } = shared
  const networkId = Number((await tx.insertInto('networks').values(row).executeTakeFirstOrThrow()).insertId)
  const vlan = await tx
    .insertInto('vlan')
    .values({ uuid: uuid(), data_center_id: l2.data_center_id, network_id: networkId, created })
    .executeTakeFirstOrThrow()
  for (const position of [1, 2, 3]) {
    await tx
      .insertInto('user_ip_address')
      .values({
        uuid: uuid(),
        public_ip_address: `10.1.1.${position}`,
        vlan_db_id: Number(vlan.insertId),
        network_id: networkId,
        data_center_id: l2.data_center_id,
        position,
      })
      .execute()
  }
  const { insertId } = await tx
    .insertInto('vm_instance')
    .values({
      uuid: uuid(),
      name: 'law',
      instance_name: 'i-1-1-VM',
      state: 'Running',
      data_center_id: l2.data_center_id,
      account_id: 1,
      domain_id: 1,
      user_id: 1,
      service_offering_id: 1,
      guest_os_id: 1,
      hypervisor_type: 'KVM',
      cpu: 1,
      speed: 500,
      ram_size: 128,
      host_id: hostId,
      generation: 1,
      created,
      update_time: created,
    })
    .executeTakeFirstOrThrow()
  const vm = { id: Number(insertId), account_id: 1, domain_id: 1 }
  await tx
    .insertInto('volumes')
    .values({
      uuid: uuid(),
      name: 'ROOT',
      account_id: 1,
      domain_id: 1,
      instance_id: vm.id,
      device_id: 0,
      pool_id: 1,
      data_center_id: l2.data_center_id,
      volume_type: 'ROOT',
      state: 'Ready',
      size: 1024,
      format: 'QCOW2',
      created,
      updated: created,
    })
    .execute()
  const network = await tx.selectFrom('networks').selectAll().where('id', '=', networkId).executeTakeFirstOrThrow()
  const first = await allocateNic(tx as never, ctx, { vm, network, deviceId: 0, isDefault: true })
  const second = await allocateNic(tx as never, ctx, { vm, network: l2, deviceId: 1, isDefault: false })
  const owner = { accountId: 1, domainId: 1 }
  let addressId: number | undefined
  if (change === 'assign' || change === 'unassign') {
    const claim = { networkId, networkName: 'shared', vmId: vm.id, nicUuid: first.uuid, ...owner }
    const { public_ip_address } = await claimAddress(tx as never, ctx, claim)
    const address = await insertSecondaryAddress(tx as never, {
      uuid: uuid(),
      nic_id: first.id,
      vm_id: vm.id,
      network_id: networkId,
      account_id: 1,
      domain_id: 1,
      ip4_address: public_ip_address,
      created,
    })
    addressId = address.id
  }
  const before = { plug: 101, unplug: 201, link: 201, assign: 201, unassign: 202 }[change]
  model.hosts.get(hostId)!.guests.set('i-1-1-VM', { generation: 1, state: 'running', uuid: uuid(), nics: before })
  return {
    vmId: vm.id,
    hostId,
    nicId: addressId === undefined ? second.id : first.id,
    change,
    ...(change === 'link' ? { up: false } : {}),
    ...(addressId === undefined ? {} : { addressId }),
  }
}

/** The rows beside what the host has: the two agree in every world. */
async function observe(db: Db, model: ModelHosts): Promise<Json> {
  const nics = await db.selectFrom('nics').selectAll().where('removed', 'is', null).execute()
  const others = await db.selectFrom('nic_secondary_ips').select('id').execute()
  const used = await db.selectFrom('user_ip_address').select('id').where('state', '!=', 'Free').execute()
  const [host] = model.hosts.values()
  const rows = nics.filter((nic) => nic.enabled === 1).length * 100 + used.length
  assert.equal(used.length, nics.filter((nic) => nic.ip4_address !== null).length + others.length)
  return { rows, host: host?.guests.get('i-1-1-VM')?.nics ?? 0, agree: rows === host?.guests.get('i-1-1-VM')?.nics }
}

for (const change of ['plug', 'unplug', 'link', 'assign', 'unassign'] as const) {
  workflowLaws(vmNicsWorkflow, {
    makeWorld: () => makeWorld(change),
    input: (world: LawWorld<ServerContext>) => (world as World).input,
    lockKey: 'vm:1',
    journal: { succeeds: ['do apply'], unwinds: ['do apply', 'undo apply'] },
  })
}
