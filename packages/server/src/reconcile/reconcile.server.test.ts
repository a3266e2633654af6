import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { DomainReport } from '@altostack/agent-api'
import { claimsOfVms, recalculateCapacity, recordedClaims, wrongClaims } from '../capacity/index.ts'
import { createModelHosts, type ModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { databaseKinds, skipWithout, stopTestDatabases } from '../testing/test-databases.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { expungeDue } from '../vm/expunge.duty.ts'
import { reconcilePower } from './index.ts'
import { cleanPools } from './orphan-files.duty.ts'
import { stuckVmsDuty } from './stuck-vms.duty.ts'

for (const kind of databaseKinds)
  describe(`reconcilers on ${kind}`, skipWithout(kind), () => {
    let server: TestServer
    let zone: ModelZone
    let model: ModelHosts
    before(async () => {
      server = await startTestServer({ database: kind, settings: { 'expunge.delay': '0' } })
      zone = await insertModelZone(server.ctx.db, server.ctx.runtime.uuid, { hosts: 2 })
      model = createModelHosts(zone.hosts.map((host) => host.id))
      Object.assign(server.ctx, { agents: model.agents })
    })
    after(async () => {
      await server.stop()
      await stopTestDatabases()
    })

    async function deployed() {
      const { virtualmachine: vm } = await server.run('deployVirtualMachine', {
        serviceofferingid: zone.offering,
        templateid: zone.template,
        zoneid: zone.zone,
      })
      return await server.ctx.db
        .selectFrom('vm_instance')
        .selectAll()
        .where('uuid', '=', vm.id)
        .executeTakeFirstOrThrow()
    }
    type Vm = Awaited<ReturnType<typeof deployed>>
    const now = (vm: Vm) =>
      server.ctx.db.selectFrom('vm_instance').selectAll().where('id', '=', vm.id).executeTakeFirstOrThrow()
    const report = (vm: Vm, over: Partial<DomainReport> = {}): DomainReport => ({
      instanceName: vm.instance_name,
      uuid: vm.uuid,
      power: 'PowerOn',
      state: 'running',
      reason: '',
      generation: vm.generation,
      migrating: 'none',
      ...over,
    })
    async function assertClaims(): Promise<void> {
      const { db } = server.ctx
      assert.deepEqual(wrongClaims(await recordedClaims(db), await claimsOfVms(db)), [])
    }

    test('a guest that stopped by itself is Stopped, with event, alert and its place kept', async () => {
      const vm = await deployed()
      const hostId = vm.host_id!
      model.hosts.get(hostId)!.guests.delete(vm.instance_name)
      await reconcilePower(server.ctx, hostId, [report(vm, { power: 'PowerOff', state: 'shutoff' })], false)
      const after = await now(vm)
      assert.deepEqual(
        [after.state, after.host_id, after.last_host_id, after.reserved_host_id],
        ['Stopped', null, hostId, hostId],
      )
      await assertClaims()
      const { event } = await server.call('listEvents', {
        resourceid: vm.uuid,
        resourcetype: 'VirtualMachine',
        listall: true,
      })
      assert.ok(event.some((row: { description: string }) => /Out of band VM power off/.test(row.description)))
      const alerts = await server.ctx.db.selectFrom('alert').selectAll().where('name', '=', 'ALERT.TYPE.SYNC').execute()
      assert.ok(alerts.some((row) => row.subject.includes(vm.name)))
    })

    test('a report that is not true any more changes nothing', async () => {
      const vm = await deployed()
      await reconcilePower(server.ctx, vm.host_id!, [report(vm, { power: 'PowerOff' })], false)
      await reconcilePower(server.ctx, vm.host_id!, [], true)
      assert.equal((await now(vm)).state, 'Running')
    })

    test('a guest started by hand is followed', async () => {
      const vm = await deployed()
      await server.run('stopVirtualMachine', { id: vm.uuid })
      const other = zone.hosts.find((host) => host.id !== vm.host_id)!.id
      model.hosts
        .get(other)!
        .guests.set(vm.instance_name, { generation: vm.generation, state: 'running', uuid: vm.uuid })
      await reconcilePower(server.ctx, other, [report(vm)], false)
      const after = await now(vm)
      assert.deepEqual([after.state, after.host_id], ['Running', other])
      await assertClaims()
    })

    test('a copy of an older generation is ended; the right one runs on', async () => {
      const vm = await deployed()
      const other = zone.hosts.find((host) => host.id !== vm.host_id)!.id
      model.hosts.get(other)!.guests.set(vm.instance_name, { generation: 0, state: 'running', uuid: vm.uuid })
      await server.ctx.db.updateTable('vm_instance').set({ generation: 5 }).where('id', '=', vm.id).execute()
      await reconcilePower(server.ctx, other, [report(vm, { generation: 4 })], false)
      assert.deepEqual(model.running(vm.instance_name), [vm.host_id])
      assert.equal((await now(vm)).state, 'Running')
    })

    test('a guest that no row names is told and left alone', async () => {
      const { id } = zone.hosts[0]!
      model.hosts.get(id)!.guests.set('i-7-7-VM', { generation: 3, state: 'running', uuid: 'x' })
      await reconcilePower(
        server.ctx,
        id,
        [{ ...report(await deployed()), instanceName: 'i-7-7-VM', uuid: 'x', generation: 3 }],
        false,
      )
      assert.deepEqual(model.running('i-7-7-VM'), [id])
      const alerts = await server.ctx.db.selectFrom('alert').selectAll().execute()
      assert.ok(alerts.some((row) => row.subject.includes('i-7-7-VM')))
    })

    test('a machine stuck without a run is settled by asking its host', async () => {
      const vm = await deployed()
      await server.ctx.db
        .updateTable('vm_instance')
        .set({ state: 'Stopping', update_time: 1 })
        .where('id', '=', vm.id)
        .execute()
      await stuckVmsDuty.run(server.ctx)
      assert.equal((await now(vm)).state, 'Running')
      model.hosts.get(vm.host_id!)!.guests.delete(vm.instance_name)
      await server.ctx.db
        .updateTable('vm_instance')
        .set({ state: 'Stopping', update_time: 1 })
        .where('id', '=', vm.id)
        .execute()
      await stuckVmsDuty.run(server.ctx)
      assert.equal((await now(vm)).state, 'Stopped')
      await assertClaims()
    })

    test('wrong claims are corrected', async () => {
      const { id } = zone.hosts[0]!
      await server.ctx.db
        .updateTable('host_capacity')
        .set({ cpu_used: 12345, vms: 99 })
        .where('host_id', '=', id)
        .execute()
      const corrected = await recalculateCapacity(server.ctx)
      assert.deepEqual(
        corrected.map((entry) => entry.hostId),
        [id],
      )
      await assertClaims()
    })

    test('more hosts than one transaction takes are looked at, and others are answered meanwhile', async () => {
      const { db, runtime } = server.ctx
      const far = 1_000_000
      const rows = Array.from({ length: 600 }, (_, index) => ({
        host_id: far + index,
        cpu_total: 1,
        memory_total: 1,
        cores_total: 1,
        vms: index % 100 === 99 ? 1 : 0,
      }))
      await db.insertInto('host_capacity').values(rows).execute()
      try {
        let turns = 0
        const cancel = runtime.after(0, () => turns++)
        const corrected = await recalculateCapacity(server.ctx)
        cancel()
        assert.deepEqual(
          corrected.map((entry) => entry.hostId - far),
          [99, 199, 299, 399, 499, 599],
        )
        assert.equal(turns, 1, 'a timer has run before it was over')
      } finally {
        await db.deleteFrom('host_capacity').where('host_id', '>=', far).execute()
      }
    })

    test('files of volumes that are gone are removed; others stay', async () => {
      const vm = await deployed()
      const volume = await server.ctx.db
        .selectFrom('volumes')
        .selectAll()
        .where('instance_id', '=', vm.id)
        .executeTakeFirstOrThrow()
      await server.run('destroyVirtualMachine', { id: vm.uuid, expunge: true })
      const files = model.files.get(zone.pool.uuid)!
      files.add(volume.uuid)
      const before = files.size
      assert.equal(await cleanPools(server.ctx, 0), 1)
      assert.equal(files.size, before - 1)
    })

    test('destroyed machines are expunged after the delay', async () => {
      const vm = await deployed()
      await server.run('destroyVirtualMachine', { id: vm.uuid })
      await server.ctx.runtime.sleep(5)
      assert.ok((await expungeDue(server.ctx)) >= 1)
      await server.ctx.engine.idle()
      const after = await now(vm)
      assert.equal(after.state, 'Expunged')
      assert.notEqual(after.removed, null)
      await assertClaims()
    })
  })
