import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createModelHosts, type ModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

for (const kind of databaseKinds) {
  const skip = databaseMissing(kind)
  describe(`the maintenance of primary storage on ${kind}`, skip === undefined ? {} : { skip }, () => {
    let server: TestServer
    let zone: ModelZone
    let model: ModelHosts
    before(async () => {
      server = await startTestServer({ database: kind })
      zone = await insertModelZone(server.ctx.db, server.ctx.runtime.uuid, { hosts: 2 })
      model = createModelHosts(zone.hosts.map((host) => host.id))
      Object.assign(server.ctx, { agents: model.agents })
    })
    after(async () => {
      await server.stop()
      await stopTestDatabases()
    })

    const pool = async (): Promise<Record<string, unknown>> =>
      (await server.call('listStoragePools', { id: zone.pool.uuid })).storagepool[0]
    const vmState = async (id: string): Promise<string> =>
      (await server.call('listVirtualMachines', { id })).virtualmachine[0].state
    const attachedHosts = async (): Promise<number> =>
      (
        await server.ctx.db
          .selectFrom('storage_pool_host_ref')
          .selectAll()
          .where('pool_id', '=', zone.pool.id)
          .execute()
      ).length

    test('name, tags, details and state change; what does not go together is refused by name', async () => {
      const update = async (params: Record<string, string | boolean>): Promise<Record<string, unknown>> =>
        (await server.call('updateStoragePool', { id: zone.pool.uuid, ...params })).storagepool
      const before = await pool()
      const changed = await update({ name: 'renamed', tags: 'ssd,fast', 'details[0].rack': 'r7' })
      assert.deepEqual([changed.name, changed.tags, changed.details], ['renamed', 'ssd,fast', { rack: 'r7' }])
      assert.equal((await update({ tags: '', name: String(before.name) })).tags, '')
      assert.equal((await update({ enabled: false })).state, 'Disabled')
      await assert.rejects(server.run('enableStorageMaintenance', { id: zone.pool.uuid }), /is Disabled/)
      assert.equal((await update({ enabled: false })).state, 'Disabled')
      assert.equal((await update({ enabled: true })).state, 'Up')
      await assert.rejects(update({ url: 'nfs://nas/other' }), /Only the url of an NFS pool/)
      await assert.rejects(update({ 'details[0].nfsmountopts': 'noatime' }), /for NFS pools only/)
      await assert.rejects(update({ name: ' ' }), /needs a name/)
      await assert.rejects(server.run('cancelStorageMaintenance', { id: zone.pool.uuid }), /is Up/)
      const { dataStoreProvider } = await server.call('listStorageProviders', { type: 'primary' })
      assert.deepEqual(dataStoreProvider, [{ name: 'DefaultPrimary', type: 'PRIMARY' }])
      await assert.rejects(server.call('listStorageProviders', { type: 'tape' }), /no storage drivers of type tape/)
    })

    test('a running VM is not stopped unless told so; told so, it comes back with the pool', async () => {
      const deployed = await server.run('deployVirtualMachine', {
        serviceofferingid: zone.offering,
        templateid: zone.template,
        zoneid: zone.zone,
      })
      const vm = deployed.virtualmachine.id as string
      const id = zone.pool.uuid
      await assert.rejects(server.run('enableStorageMaintenance', { id }), /cannot move and are not stopped/)
      assert.equal((await pool()).state, 'Up')
      const asked = (await server.call('enableStorageMaintenance', { id, dryrun: true })).dryrun
      assert.deepEqual(
        asked.refusals.map((one: { code: string; entity: string }) => [one.code, one.entity]),
        [['storage.maintenance-vms', vm]],
      )
      const plan = (await server.call('enableStorageMaintenance', { id, stopvms: true, dryrun: true })).dryrun
      assert.deepEqual(
        plan.moves.map((move: { entity: string; to: string }) => [move.entity, move.to]),
        [
          [vm, 'Stopped'],
          [id, 'Maintenance'],
        ],
      )
      assert.equal((await pool()).state, 'Up')
      assert.ok((await attachedHosts()) > 0)

      const done = (await server.run('enableStorageMaintenance', { id, stopvms: true })).storagepool
      assert.equal(done.state, 'Maintenance')
      assert.equal(await vmState(vm), 'Stopped')
      assert.equal(await attachedHosts(), 0)
      await assert.rejects(server.run('startVirtualMachine', { id: vm }), /nsufficient|capacity|Unable/)

      const back = (await server.run('cancelStorageMaintenance', { id })).storagepool
      assert.equal(back.state, 'Up')
      assert.equal(await attachedHosts(), 2)
      for (let tries = 0; (await vmState(vm)) !== 'Running'; tries++) {
        assert.ok(tries < 100, 'the VM is started again')
        await server.ctx.runtime.sleep(50)
      }
      assert.deepEqual(await server.ctx.db.selectFrom('storage_pool_work').selectAll().execute(), [])
      await server.run('destroyVirtualMachine', { id: vm, expunge: true })
    })

    test('disks move to another pool of the host, the guest runs on; what has nowhere to go is named', async () => {
      const { db, runtime } = server.ctx
      const { id: _, ...first } = await db.selectFrom('storage_pool').selectAll().executeTakeFirstOrThrow()
      const other = { uuid: runtime.uuid(), name: 'primary2' }
      const made = await db
        .insertInto('storage_pool')
        .values({ ...first, ...other, allocated_bytes: 0 })
        .executeTakeFirstOrThrow()
      await db
        .insertInto('storage_pool_host_ref')
        .values({
          ...{ host_id: zone.hosts[0]!.id, pool_id: Number(made.insertId), local_path: '/primary2' },
          ...{ created: 1, last_updated: 1 },
        })
        .execute()
      const names = ['one', 'two']
      const vms = await Promise.all(
        names.map(async (name, index) => {
          const job = await server.run('deployVirtualMachine', {
            ...{ serviceofferingid: zone.offering, templateid: zone.template, zoneid: zone.zone, name },
            hostid: zone.hosts[index]!.uuid,
          })
          return job.virtualmachine.id as string
        }),
      )
      const where = async (vm: string): Promise<string> =>
        (await server.call('listVolumes', { virtualmachineid: vm })).volume[0].storage
      // Both may have been placed on either pool.
      const rows = await db.selectFrom('volumes').selectAll().where('removed', 'is', null).execute()
      for (const row of rows) {
        if (row.pool_id === zone.pool.id) continue
        model.files.get(other.uuid)?.delete(row.uuid)
        model.files.get(zone.pool.uuid)!.add(row.uuid)
        await db.updateTable('volumes').set({ pool_id: zone.pool.id }).where('id', '=', row.id).execute()
      }
      const id = zone.pool.uuid
      const { dryrun } = await server.call('enableStorageMaintenance', { id, dryrun: true })
      assert.deepEqual(dryrun.refusals, [])
      const planned = dryrun.moves.map((move: Record<string, string>) => move.to ?? move.host)
      // The first host has the other pool; the guest of the second goes to the first with its disk.
      assert.deepEqual(planned.slice(0, 2).toSorted(), ['kvm1', 'primary2'])
      assert.deepEqual(planned.slice(2), ['Maintenance'])
      const done = (await server.run('enableStorageMaintenance', { id })).storagepool
      assert.equal(done.state, 'Maintenance')
      for (const vm of vms) {
        assert.equal(await where(vm), 'primary2')
        assert.equal(await vmState(vm), 'Running')
        const [row] = (await server.call('listVirtualMachines', { id: vm })).virtualmachine
        assert.equal(row.hostid, zone.hosts[0]!.uuid)
      }
      await server.run('cancelStorageMaintenance', { id })
      assert.deepEqual(await db.selectFrom('storage_pool_work').selectAll().execute(), [])
      for (const vm of vms) await server.run('destroyVirtualMachine', { id: vm, expunge: true })
    })
  })
}
