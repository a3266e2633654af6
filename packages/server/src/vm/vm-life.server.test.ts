import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { claimsOfVms, recordedClaims, wrongClaims } from '../capacity/index.ts'
import { createModelHosts, type ModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { type DatabaseKind, databaseKinds, skipWithout, stopTestDatabases } from '../testing/test-databases.ts'
import { type ApiCallError, startTestServer, type TestServer } from '../testing/test-server.ts'

type World = { readonly server: TestServer; readonly zone: ModelZone; readonly model: ModelHosts }

async function startWorld(database: DatabaseKind): Promise<World> {
  const server = await startTestServer({ database })
  const zone = await insertModelZone(server.ctx.db, server.ctx.runtime.uuid, { hosts: 2 })
  const model = createModelHosts(zone.hosts.map((host) => host.id))
  Object.assign(server.ctx, { agents: model.agents })
  return { server, zone, model }
}
function deploy({ server, zone }: World, params: Record<string, string | boolean> = {}) {
  return server.run('deployVirtualMachine', {
    serviceofferingid: zone.offering,
    templateid: zone.template,
    zoneid: zone.zone,
    ...params,
  })
}
/** Nothing that nobody owns: claims equal the VMs', files equal the volumes, locks and runs are gone. */
async function assertClean({ server, zone, model }: World): Promise<void> {
  const { db } = server.ctx
  assert.deepEqual(wrongClaims(await recordedClaims(db), await claimsOfVms(db)), [])
  const volumes = await db.selectFrom('volumes').selectAll().where('removed', 'is', null).execute()
  const template = await db.selectFrom('template_spool_ref').selectAll().execute()
  const files = [...(model.files.get(zone.pool.uuid) ?? [])].filter((name) => name !== zone.template)
  assert.deepEqual(
    files.sort(),
    volumes
      .filter((volume) => volume.state === 'Ready')
      .map((volume) => volume.uuid)
      .sort(),
  )
  const pool = await db.selectFrom('storage_pool').selectAll().where('id', '=', zone.pool.id).executeTakeFirstOrThrow()
  const held = volumes.filter((volume) => volume.pool_id !== null).reduce((sum, volume) => sum + volume.size, 0)
  assert.equal(pool.allocated_bytes, held + template.reduce((sum, row) => sum + row.template_size, 0))
  assert.deepEqual(await db.selectFrom('workflow_lock').selectAll().execute(), [])
  const vms = await db.selectFrom('vm_instance').selectAll().where('removed', 'is', null).execute()
  for (const vm of vms) {
    const expected = vm.state === 'Running' ? [vm.host_id] : []
    assert.deepEqual(model.running(vm.instance_name), expected, `${vm.instance_name} is ${vm.state}`)
  }
}

for (const kind of databaseKinds)
  describe(`the life of a virtual machine on ${kind}`, skipWithout(kind), () => {
    let world: World
    before(async () => {
      world = await startWorld(kind)
    })
    after(async () => {
      await world.server.stop()
      await stopTestDatabases()
    })

    test('deploy, stop, start, reboot, migrate, destroy, recover, expunge', async () => {
      const { server, zone, model } = world
      const { virtualmachine: vm } = await deploy(world, { name: 'web1', displayname: 'Web 1' })
      assert.equal(vm.state, 'Running')
      assert.equal(vm.name, 'web1')
      assert.match(vm.instancename, /^i-2-\d+-VM$/)
      assert.equal(vm.nic.length, 1)
      assert.equal(vm.nic[0].networkid, zone.network)
      await assertClean(world)

      const stopped = await server.run('stopVirtualMachine', { id: vm.id })
      assert.equal(stopped.virtualmachine.state, 'Stopped')
      assert.equal(stopped.virtualmachine.hostid, undefined)
      await assertClean(world)
      const row = await server.ctx.db.selectFrom('vm_instance').selectAll().executeTakeFirstOrThrow()
      assert.equal(row.reserved_host_id, row.last_host_id)

      const started = await server.run('startVirtualMachine', { id: vm.id })
      assert.equal(started.virtualmachine.hostid, vm.hostid, 'it starts where it ran last')
      assert.equal((await server.run('rebootVirtualMachine', { id: vm.id })).virtualmachine.state, 'Running')
      await assertClean(world)

      const { host: targets } = await server.call('findHostsForMigration', { virtualmachineid: vm.id })
      assert.deepEqual(
        targets.map((host: { suitableformigration: boolean }) => host.suitableformigration),
        [true],
      )
      const moved = await server.run('migrateVirtualMachine', { virtualmachineid: vm.id, hostid: targets[0].id })
      assert.equal(moved.virtualmachine.hostid, targets[0].id)
      assert.equal(moved.virtualmachine.migration.downtimeMs, 42)
      await assertClean(world)

      const destroyed = await server.run('destroyVirtualMachine', { id: vm.id })
      assert.equal(destroyed.virtualmachine.state, 'Destroyed')
      await assertClean(world)
      assert.equal((await server.call('recoverVirtualMachine', { id: vm.id })).virtualmachine.state, 'Stopped')
      await server.run('destroyVirtualMachine', { id: vm.id, expunge: true })
      assert.deepEqual(
        await server.call('listVirtualMachines', { id: vm.id }).catch((error: ApiCallError) => error.errorcode),
        431,
      )
      assert.deepEqual(await server.call('listVirtualMachines', {}), {})
      await assertClean(world)
      assert.ok(
        model.calls.includes(`template.install@${zone.hosts[0]!.id}`) ||
          model.calls.includes(`template.install@${zone.hosts[1]!.id}`),
      )
    })

    test('a host that refuses is left for another; nothing stays behind', async () => {
      const { model } = world
      for (const how of ['refuse', 'half', 'unsent'] as const) {
        model.trouble({ method: 'vm.start', how })
        const { virtualmachine: vm } = await deploy(world)
        assert.equal(vm.state, 'Running')
        const tried = await world.server.ctx.db
          .selectFrom('vm_placement')
          .selectAll()
          .orderBy('id', 'desc')
          .limit(2)
          .execute()
        assert.equal(tried[1]?.failure_code === null, false)
        assert.notEqual(tried[0]?.host_id, tried[1]?.host_id)
        await assertClean(world)
      }
    })

    test('an answer that was lost is asked for again: one guest, one start', async () => {
      const { model } = world
      model.trouble({ method: 'vm.start', how: 'lose' })
      model.trouble({ method: 'volume.create', how: 'lose' })
      const { virtualmachine: vm } = await deploy(world)
      assert.equal(vm.state, 'Running')
      await assertClean(world)
    })

    test('when every host refuses, a first deploy ends in Error with nothing left', async () => {
      const { model, server } = world
      model.trouble({ method: 'vm.start', how: 'refuse', times: 3 })
      const before = (await server.call('listVirtualMachines', { listall: true })).count ?? 0
      await assert.rejects(deploy(world, { name: 'bad1' }), /the host refuses/)
      const { virtualmachine: vms } = await server.call('listVirtualMachines', { name: 'bad1' })
      assert.equal(vms[0].state, 'Error')
      assert.equal(vms[0].nic.length, 0)
      assert.equal((await server.call('listVirtualMachines', { listall: true })).count, before + 1)
      await assertClean(world)
      await server.run('destroyVirtualMachine', { id: vms[0].id })
      assert.deepEqual(await server.call('listVirtualMachines', { name: 'bad1' }), {})
      await assertClean(world)
    })

    test('a start that fails leaves the machine Stopped with its disk', async () => {
      const { model, server } = world
      const { virtualmachine: vm } = await deploy(world)
      await server.run('stopVirtualMachine', { id: vm.id })
      model.trouble({ method: 'vm.start', how: 'half', times: 3 })
      await assert.rejects(server.run('startVirtualMachine', { id: vm.id }), /failed half way/)
      const { virtualmachine: vms } = await server.call('listVirtualMachines', { id: vm.id })
      assert.equal(vms[0].state, 'Stopped')
      await assertClean(world)
      assert.equal((await server.run('startVirtualMachine', { id: vm.id })).virtualmachine.state, 'Running')
      await assertClean(world)
    })

    test('a machine too large for every host is refused with 533 and a reason for each', async () => {
      const { server, zone } = world
      await server.ctx.db
        .updateTable('service_offering')
        .set({ ram_size: 9000 })
        .where('uuid', '=', zone.offering)
        .execute()
      try {
        await assert.rejects(deploy(world, { name: 'huge' }), (error: ApiCallError) => {
          assert.equal(error.errorcode, 533)
          assert.match(error.message, /kvm1 has .* of memory free .* short; kvm2 has|kvm2 has .* short; kvm1 has/)
          return true
        })
        const { dryrun } = await server.call('deployVirtualMachine', {
          serviceofferingid: zone.offering,
          templateid: zone.template,
          zoneid: zone.zone,
          dryrun: true,
        })
        assert.equal(dryrun.ok, false)
        assert.equal(dryrun.refusals.length, 2)
      } finally {
        await server.ctx.db
          .updateTable('service_offering')
          .set({ ram_size: 512 })
          .where('uuid', '=', zone.offering)
          .execute()
      }
      await assertClean(world)
    })

    test('a migration that the destination refuses names what does not fit and moves nothing', async () => {
      const { server, model } = world
      const { virtualmachine: vm } = await deploy(world)
      model.trouble({ method: 'vm.migration.check', how: 'refuse' })
      await assert.rejects(
        server.run('migrateVirtualMachine', { virtualmachineid: vm.id }),
        /cannot be migrated: kvm\d: vm.start/,
      )
      assert.equal((await server.call('listVirtualMachines', { id: vm.id })).virtualmachine[0].hostid, vm.hostid)
      await assertClean(world)
    })

    test('a connection that breaks under the question whether a guest fits is no refusal: the question is asked again', async () => {
      const { server, model } = world
      const { virtualmachine: vm } = await deploy(world)
      model.trouble({ method: 'vm.migration.check', how: 'lose' })
      const asked = (): number => model.calls.filter((call) => call.startsWith('vm.migration.check@')).length
      const before = asked()
      const { virtualmachine: moved } = await server.run('migrateVirtualMachine', { virtualmachineid: vm.id })
      assert.notEqual(moved.hostid, vm.hostid)
      assert.equal(asked(), before + 2)
      await assertClean(world)
    })

    test('a migration whose end was not heard is settled by asking both hosts', async () => {
      const { server, model } = world
      const { virtualmachine: vm } = await deploy(world)
      model.trouble({ method: 'vm.migration.start', how: 'lose' })
      const { virtualmachine: moved } = await server.run('migrateVirtualMachine', { virtualmachineid: vm.id })
      assert.notEqual(moved.hostid, vm.hostid)
      assert.equal(moved.state, 'Running')
      await assertClean(world)
    })

    test('a migration that fails on its source leaves the guest there', async () => {
      const { server, model } = world
      const { virtualmachine: vm } = await deploy(world)
      model.trouble({ method: 'vm.migration.start', how: 'refuse' })
      await assert.rejects(server.run('migrateVirtualMachine', { virtualmachineid: vm.id }), /the host refuses/)
      const { virtualmachine: vms } = await server.call('listVirtualMachines', { id: vm.id })
      assert.deepEqual([vms[0].state, vms[0].hostid], ['Running', vm.hostid])
      await assertClean(world)
    })

    test('a cancelled migration is aborted on its source and leaves the guest there', async () => {
      const { server, model } = world
      const { virtualmachine: vm } = await deploy(world)
      model.holdMigration()
      const { jobid } = await server.call('migrateVirtualMachine', { virtualmachineid: vm.id })
      const state = async () => (await server.call('listVirtualMachines', { id: vm.id })).virtualmachine[0].state
      while ((await state()) !== 'Migrating') await server.ctx.runtime.sleep(20)
      await server.call('cancelAsyncJob', { jobid })
      const job = await server.call('queryAsyncJobResult', { jobid, wait: 30 })
      assert.equal(job.jobstatus, 2)
      assert.match(job.jobresult.errortext, /the migration was cancelled/)
      const { virtualmachine: vms } = await server.call('listVirtualMachines', { id: vm.id })
      assert.deepEqual([vms[0].state, vms[0].hostid], ['Running', vm.hostid])
      await assertClean(world)
    })

    test('refusals before anything is done', async () => {
      const { server, zone } = world
      const { virtualmachine: vm } = await deploy(world, { name: 'twice' })
      const code = (error: ApiCallError) => error.errorcode
      assert.equal(await deploy(world, { name: 'twice' }).catch(code), 431)
      assert.equal(await deploy(world, { name: '-bad' }).catch(code), 431)
      assert.equal(await server.run('startVirtualMachine', { id: vm.id }).catch(code), 431)
      await server.call('updateVirtualMachine', { id: vm.id, deleteprotection: true })
      assert.equal(await server.run('destroyVirtualMachine', { id: vm.id }).catch(code), 431)
      const user = await server.addAccount('bob', 'User')
      assert.equal(await server.run('stopVirtualMachine', { id: vm.id }, user).catch(code), 531)
      await server.ctx.db
        .insertInto('resource_limit')
        .values({ account_id: user.accountId, type: 'user_vm', max: 0 })
        .execute()
      const limited = server.run(
        'deployVirtualMachine',
        { serviceofferingid: zone.offering, templateid: zone.template, zoneid: zone.zone, networkids: zone.network },
        user,
      )
      assert.equal(await limited.catch(code), 532)
      await assertClean(world)
    })

    test('parallel deploys fill the hosts to the brim and not beyond', async () => {
      const { server, zone } = world
      const { db } = server.ctx
      // 85 % of two hosts with 8 GiB, in pieces of 512 MiB: 27 machines in all; memory binds before CPU.
      const there = (await db.selectFrom('vm_instance').select('id').where('state', '=', 'Running').execute()).length
      const wanted = 40
      const outcomes = await Promise.all(
        Array.from({ length: wanted }, () =>
          deploy(world).then(
            () => 'running',
            (error: ApiCallError) => error.errorcode,
          ),
        ),
      )
      const running = outcomes.filter((outcome) => outcome === 'running').length
      assert.ok(
        outcomes.every((outcome) => outcome === 'running' || outcome === 533),
        JSON.stringify(outcomes),
      )
      assert.ok(running > 0 && running < wanted)
      const hosts = await db.selectFrom('host_capacity').selectAll().execute()
      for (const host of hosts) {
        assert.ok(host.memory_used + host.memory_reserved <= host.memory_total)
        assert.ok(host.cpu_used + host.cpu_reserved <= host.cpu_total)
      }
      const used = hosts.reduce((sum, host) => sum + host.vms, 0)
      assert.equal(used, there + running)
      await assertClean(world)
      for (const vm of (await server.call('listVirtualMachines', { zoneid: zone.zone, listall: true, state: 'Error' }))
        .virtualmachine ?? []) {
        await server.run('destroyVirtualMachine', { id: vm.id })
      }
      await assertClean(world)
    })

    test('volumes and capacity are listed', async () => {
      const { server } = world
      const { count, volume } = await server.call('listVolumes', { listall: true, type: 'ROOT' })
      assert.ok(count >= 5)
      assert.equal(volume[0].storage, 'primary1')
      const { capacity } = await server.call('listCapacity', {})
      const memory = capacity.find((row: { type: number }) => row.type === 0)
      assert.equal(memory.capacitytotal, 16 * 1024 ** 3)
      assert.ok(memory.capacityused > 0)
      assert.match(memory.percentused, /^\d+\.\d\d$/)
    })
  })
