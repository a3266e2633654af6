import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createModelHosts, type ModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { refused } from '../testing/refused.ts'
import { databaseKinds, skipWithout, stopTestDatabases } from '../testing/test-databases.ts'
import { type Body, type Params, startTestServer, type TestServer } from '../testing/test-server.ts'

const GIB = 1024 ** 3

for (const kind of databaseKinds)
  describe(`a virtual machine is restored on ${kind}`, skipWithout(kind), () => {
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
    const deploy = async (params: Params = {}): Promise<Body> =>
      (
        await server.run('deployVirtualMachine', {
          serviceofferingid: zone.offering,
          templateid: zone.template,
          zoneid: zone.zone,
          ...params,
        })
      ).virtualmachine
    const rootOf = async (vm: Body): Promise<Body> =>
      (await server.call('listVolumes', { virtualmachineid: vm.id, type: 'ROOT' })).volume[0]
    const restore = async (vm: Body, params: Params = {}): Promise<Body> =>
      (await server.run('restoreVirtualMachine', { virtualmachineid: vm.id, ...params })).virtualmachine
    async function otherTemplate(
      name: string,
      columns: Record<string, string | number> = {},
      size = 2 * GIB,
    ): Promise<string> {
      const uuid = server.ctx.runtime.uuid()
      const { insertId } = await server.ctx.db
        .insertInto('vm_template')
        .values({
          uuid,
          name,
          display_text: name,
          account_id: 2,
          domain_id: 1,
          guest_os_id: 1,
          cross_zones: 1,
          created: 1,
          ...columns,
        })
        .executeTakeFirstOrThrow()
      await server.ctx.db
        .insertInto('template_store_ref')
        .values({
          template_id: Number(insertId),
          download_state: 'DOWNLOADED',
          size,
          physical_size: 1000,
          sha256: 'b'.repeat(64),
          created: 1,
          last_updated: 1,
        })
        .execute()
      return uuid
    }

    test('while it runs: ended, a fresh root disk, started; the old one is in the bin and can come back', async () => {
      const vm = await deploy()
      const old = await rootOf(vm)
      const after = await restore(vm)
      assert.deepEqual([after.state, after.id, after.templateid], ['Running', vm.id, zone.template])
      const fresh = await rootOf(vm)
      assert.notEqual(fresh.id, old.id)
      assert.deepEqual([fresh.name, fresh.size, fresh.state], [old.name, old.size, 'Ready'])
      assert.deepEqual(
        model.specs.get(vm.instancename)?.disks.map((disk) => disk.volumeUuid),
        [fresh.id],
      )
      assert.equal(model.running(vm.instancename).length, 1)
      const binned = (await server.call('listVolumes', { id: old.id })).volume[0]
      assert.deepEqual([binned.state, binned.virtualmachineid], ['Destroy', undefined])
      assert.deepEqual(await server.ctx.db.selectFrom('workflow_lock').selectAll().execute(), [])
    })

    test('while it is stopped it stays so; its next start makes the disk', async () => {
      const vm = await deploy()
      await server.run('stopVirtualMachine', { id: vm.id })
      const after = await restore(vm, { expunge: true })
      assert.equal(after.state, 'Stopped')
      assert.deepEqual([(await rootOf(vm)).state], ['Allocated'])
      await restore(vm)
      await server.run('startVirtualMachine', { id: vm.id })
      assert.equal((await rootOf(vm)).state, 'Ready')
    })

    test('of another template, larger, with other details and a password; the bin is passed over', async () => {
      const template = await otherTemplate('big', { enable_password: 1 })
      const vm = await deploy()
      const old = await rootOf(vm)
      await assert.rejects(restore(vm, { templateid: template, rootdisksize: 1 }), refused(431, /smaller/))
      const params = { templateid: template, rootdisksize: 5, expunge: true, 'details[0].rootDiskController': 'scsi' }
      const after = await restore(vm, params)
      assert.deepEqual(
        [after.state, after.templateid, after.details.rootDiskController, typeof after.password],
        ['Running', template, 'scsi', 'string'],
      )
      const fresh = await rootOf(vm)
      assert.deepEqual([fresh.size, fresh.templateid], [5 * GIB, template])
      assert.equal(model.specs.get(vm.instancename)?.disks[0]?.bus, 'scsi')
      for (let attempt = 0; attempt < 200 && model.files.get(zone.pool.uuid)?.has(old.id); attempt++) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      assert.equal(model.files.get(zone.pool.uuid)?.has(old.id), false)
    })

    test('of an ISO: an empty disk of the size that was, the ISO in the drive', async () => {
      const iso = await otherTemplate('rescue', { format: 'ISO', hypervisor_type: 'None' }, 1000)
      const vm = await deploy()
      const after = await restore(vm, { templateid: iso })
      assert.deepEqual([after.state, after.isoid, after.templateid], ['Running', iso, iso])
      assert.deepEqual([(await rootOf(vm)).size, (await rootOf(vm)).templateid], [GIB, undefined])
      assert.equal(model.specs.get(vm.instancename)?.cdrom?.uuid, iso)
    })

    test('what does not go together is refused before anything is touched', async () => {
      const vm = await deploy()
      const root = await rootOf(vm)
      const arm = await otherTemplate('arm', { arch: 'aarch64' })
      await assert.rejects(restore(vm, { templateid: arm }), refused(431, /aarch64/))
      const stranger = await server.addAccount(`stranger-${kind}`, 'User')
      await assert.rejects(
        server.run('restoreVirtualMachine', { virtualmachineid: vm.id }, stranger),
        refused(531, /may not/),
      )
      assert.equal((await rootOf(vm)).id, root.id)
      assert.equal(model.running(vm.instancename).length, 1)
    })

    test('a host that does not start the fresh guest: another does; when none does it is stopped with its new disk', async () => {
      const vm = await deploy()
      model.trouble({ method: 'vm.start', how: 'half' })
      assert.equal((await restore(vm)).state, 'Running')
      model.trouble({ method: 'vm.start', how: 'refuse', times: 9 })
      const before = await rootOf(vm)
      await assert.rejects(restore(vm))
      const [seen] = (await server.call('listVirtualMachines', { id: vm.id })).virtualmachine
      assert.equal(seen.state, 'Stopped')
      assert.notEqual((await rootOf(vm)).id, before.id)
      assert.deepEqual(await server.ctx.db.selectFrom('workflow_lock').selectAll().execute(), [])
    })
  })
