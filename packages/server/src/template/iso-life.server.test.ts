import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type ImageSource, startImageSource, tinyIso } from '../testing/image-source.ts'
import { createModelHosts, type ModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { refused } from '../testing/refused.ts'
import { databaseKinds, skipWithout, stopTestDatabases } from '../testing/test-databases.ts'
import { type Body, type Params, startTestServer, type TestAccount, type TestServer } from '../testing/test-server.ts'

const GIB = 1024 ** 3

for (const kind of databaseKinds)
  describe(`the life of an ISO on ${kind}`, skipWithout(kind), () => {
    let server: TestServer
    let zone: ModelZone
    let model: ModelHosts
    let source: ImageSource
    let tenant: TestAccount
    before(async () => {
      source = await startImageSource()
      server = await startTestServer({ database: kind, settings: { 'alto.fetch.allowed.cidrs': '127.0.0.0/8' } })
      zone = await insertModelZone(server.ctx.db, server.ctx.runtime.uuid, { hosts: 2 })
      model = createModelHosts(zone.hosts.map((host) => host.id))
      Object.assign(server.ctx, { agents: model.agents })
      tenant = await server.addAccount('tenant', 'User')
    })
    after(async () => {
      await server.stop()
      await source.stop()
      await stopTestDatabases()
    })

    async function register(name: string, more: Params = {}, as = server.admin): Promise<Body> {
      if (!source.images.has(`${name}.iso`)) source.images.set(`${name}.iso`, tinyIso(name))
      const params = { name, displaytext: name, url: source.url(`${name}.iso`), zoneid: zone.zone, ...more }
      const { iso } = await server.call('registerIso', params, as)
      for (;;) {
        const [seen] = (await server.call('listIsos', { id: iso[0].id, isofilter: 'self' }, as)).iso
        if (seen.isready || !/Waiting|Downloaded$|Installing/.test(seen.status)) return seen
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const deploy = async (params: Params = {}, as = server.admin): Promise<Body> =>
      (
        await server.run(
          'deployVirtualMachine',
          { serviceofferingid: zone.offering, templateid: zone.template, zoneid: zone.zone, ...params },
          as,
        )
      ).virtualmachine
    const drive = (vm: { instancename: string }): string | undefined =>
      [...model.hosts.values()].map((host) => host.guests.get(vm.instancename)).find((guest) => guest !== undefined)
        ?.cdrom

    test('registered, checked, listed among ISOs alone, changed, deleted with its file', async () => {
      const iso = await register('debian')
      assert.deepEqual(
        [iso.isready, iso.format, iso.bootable, iso.size, iso.zoneid],
        [true, 'ISO', true, 40 * 2048, zone.zone],
      )
      assert.match(iso.checksum, /^\{SHA-256\}[0-9a-f]{64}$/)
      const file = join(server.ctx.dataDir, 'images', `${iso.id}.iso`)
      assert.deepEqual(readFileSync(file), tinyIso('debian'))
      const templates = (await server.call('listTemplates', { templatefilter: 'all' })).template
      assert.ok(!templates.some((one: Body) => one.id === iso.id))
      await assert.rejects(server.call('updateTemplate', { id: iso.id, name: 'x' }), refused(431, /is an ISO/))
      await assert.rejects(server.run('deleteTemplate', { id: iso.id }), refused(431, /is an ISO/))
      await assert.rejects(server.run('deleteIso', { id: zone.template }), refused(431, /is a template/))
      const changed = (await server.call('updateIso', { id: iso.id, name: 'debian 12', bootable: false, sortkey: 3 }))
        .iso
      assert.deepEqual([changed.name, changed.bootable], ['debian 12', false])
      assert.equal((await server.call('listIsos', { bootable: true, isofilter: 'self', id: iso.id })).count, undefined)
      await server.run('deleteIso', { id: iso.id })
      assert.equal(existsSync(file), false)
      assert.deepEqual(await server.call('listIsos', { isofilter: 'all' }), {})
    })

    test('what is no ISO is refused by its name, whatever it is called', async () => {
      const qcow2 = Buffer.alloc(80_000)
      qcow2.write('QFI\xfb', 'latin1')
      tinyIso('x').copy(qcow2, 4, 4)
      for (const [name, bytes, why] of [
        ['empty', Buffer.alloc(70_000), /no ISO 9660/],
        ['short', Buffer.alloc(600), /no ISO 9660/],
        ['zipped', Buffer.concat([Buffer.from('\x1f\x8b', 'latin1'), tinyIso('z')]), /gzip/],
        ['disguised', qcow2, /qcow2/],
        ['page', Buffer.from(`<html>${' '.repeat(70_000)}`), /web page/],
      ] as const) {
        source.images.set(`${name}.iso`, bytes)
        const iso = await register(name)
        assert.equal(iso.isready, false, name)
        assert.match(iso.status, why, name)
        assert.equal(existsSync(join(server.ctx.dataDir, 'images', `${iso.id}.iso`)), false)
        assert.equal(existsSync(join(server.ctx.dataDir, 'images', `${iso.id}.part`)), false)
        await server.run('deleteIso', { id: iso.id })
      }
      await assert.rejects(
        server.call('registerIso', { name: 'x', url: 'file:///etc/passwd.iso', zoneid: zone.zone }),
        refused(431, /http/),
      )
      await assert.rejects(
        server.call('registerIso', { name: 'x', url: source.url('x.qcow2'), zoneid: zone.zone }),
        refused(431, /\.iso/),
      )
    })

    test('put into a running guest, replaced, kept over stop and migration, taken out', async () => {
      const [one, two] = [await register('one'), await register('two')]
      const vm = await deploy()
      assert.equal(drive(vm), undefined)
      const attached = (await server.run('attachIso', { id: one.id, virtualmachineid: vm.id })).virtualmachine
      assert.deepEqual([attached.isoid, attached.isoname, attached.isodisplaytext], [one.id, 'one', 'one'])
      assert.equal(drive(vm), one.id)
      await assert.rejects(server.run('deleteIso', { id: one.id }), refused(536, /in the drive/))
      await server.run('attachIso', { id: two.id, virtualmachineid: vm.id })
      assert.equal(drive(vm), two.id)
      await server.run('migrateVirtualMachine', { virtualmachineid: vm.id })
      assert.equal(drive(vm), two.id)
      await server.run('stopVirtualMachine', { id: vm.id })
      assert.equal((await server.call('listVirtualMachines', { id: vm.id })).virtualmachine[0].isoid, two.id)
      await server.run('startVirtualMachine', { id: vm.id })
      assert.equal(drive(vm), two.id)
      await assert.rejects(
        server.run('detachIso', { virtualmachineid: vm.id, id: one.id }),
        refused(431, /is not in the drive/),
      )
      assert.equal((await server.run('detachIso', { virtualmachineid: vm.id })).virtualmachine.isoid, undefined)
      assert.equal(drive(vm), undefined)
      await assert.rejects(server.run('detachIso', { virtualmachineid: vm.id }), refused(431, /no ISO attached/))
      await server.run('stopVirtualMachine', { id: vm.id })
      await server.run('attachIso', { id: one.id, virtualmachineid: vm.id })
      await server.run('startVirtualMachine', { id: vm.id })
      assert.equal(drive(vm), one.id)
      await server.run('destroyVirtualMachine', { id: vm.id, expunge: true })
      await server.run('deleteIso', { id: one.id })
      assert.deepEqual(
        [one.id, two.id].map((id) => model.files.get(zone.pool.uuid)?.has(id)),
        [false, true],
      )
    })

    test('a failed change leaves the drive as it was', async () => {
      const [one, two] = [await register('old'), await register('new')]
      const vm = await deploy()
      await server.run('attachIso', { id: one.id, virtualmachineid: vm.id })
      model.trouble({ method: 'vm.cdrom', how: 'half' })
      await assert.rejects(server.run('attachIso', { id: two.id, virtualmachineid: vm.id }))
      assert.equal(drive(vm), one.id)
      assert.equal((await server.call('listVirtualMachines', { id: vm.id })).virtualmachine[0].isoid, one.id)
      assert.deepEqual(await server.ctx.db.selectFrom('workflow_lock').selectAll().execute(), [])
    })

    test('a guest is installed from an ISO: an empty root disk of the asked size, the ISO in its drive', async () => {
      const iso = await register('installer')
      const { id: disk } = (await server.call('createDiskOffering', { name: 'ten', displaytext: 'ten', disksize: 10 }))
        .diskoffering
      await assert.rejects(deploy({ templateid: iso.id }), refused(431, /requires a disk offering/))
      const vm = await deploy({ templateid: iso.id, diskofferingid: disk, hypervisor: 'KVM' })
      assert.deepEqual([vm.state, vm.isoid, vm.templateid, vm.hypervisor], ['Running', iso.id, iso.id, 'KVM'])
      assert.equal(drive(vm), iso.id)
      const volumes = (await server.call('listVolumes', { virtualmachineid: vm.id })).volume
      assert.deepEqual(
        volumes.map((one: Body) => [one.type, one.size, one.templateid]),
        [['ROOT', 10 * GIB, undefined]],
      )
      assert.equal(model.specs.get(vm.instancename)?.disks.length, 1)
      const later = await deploy({ templateid: iso.id, rootdisksize: 3, startvm: false })
      assert.deepEqual([later.state, later.isoid], ['Stopped', iso.id])
      await server.run('startVirtualMachine', { id: later.id })
      assert.equal(drive(later), iso.id)
      await server.call('updateIso', { id: iso.id, bootable: false })
      await assert.rejects(deploy({ templateid: iso.id, diskofferingid: disk }), refused(431, /not bootable/))
    })

    test('who may use it: nobody else, then a named account, then everybody, then nobody again', async () => {
      const iso = await register('secret')
      const theirs = (): Promise<Body> => server.call('listIsos', { isofilter: 'executable', name: 'secret' }, tenant)
      const { id: vmId } = await deploy({}, tenant)
      const vm = (await server.call('listVirtualMachines', { id: vmId })).virtualmachine[0]
      const attach = () => server.run('attachIso', { id: iso.id, virtualmachineid: vm.id }, tenant)
      assert.deepEqual(await theirs(), {})
      await assert.rejects(attach(), refused(531, /may not/))
      const permissions = { id: iso.id, op: 'add', accounts: 'tenant' }
      await assert.rejects(
        server.call('updateIsoPermissions', { ...permissions, accounts: 'nobody' }),
        refused(431, /no account nobody/),
      )
      await assert.rejects(server.call('updateIsoPermissions', permissions, tenant), refused(531, /may not/))
      for (const _ of [1, 2]) assert.equal((await server.call('updateIsoPermissions', permissions)).success, true)
      assert.deepEqual((await server.call('listIsoPermissions', { id: iso.id })).templatepermission.account, ['tenant'])
      assert.equal((await theirs()).count, 1)
      assert.equal((await server.call('listIsos', { isofilter: 'sharedexecutable' }, tenant)).iso[0].id, iso.id)
      await attach()
      await server.call('updateIsoPermissions', { id: iso.id, op: 'remove', accounts: 'tenant' })
      assert.deepEqual(await theirs(), {})
      await server.call('updateIsoPermissions', { id: iso.id, ispublic: true })
      assert.equal((await theirs()).count, 1)
      await server.call('updateIsoPermissions', { id: iso.id, op: 'reset' })
      assert.deepEqual(await theirs(), {})
      assert.equal(drive(vm), iso.id)
    })

    test('what is said of a template: changed, with details, tags for administrators alone', async () => {
      const id = zone.template
      const changed = (
        await server.call('updateTemplate', {
          id,
          displaytext: 'new text',
          passwordenabled: true,
          'details[0].nicAdapter': 'e1000',
          templatetag: 'fast',
        })
      ).template
      assert.deepEqual(
        [changed.displaytext, changed.passwordenabled, changed.details, changed.templatetag],
        ['new text', true, { nicAdapter: 'e1000' }, 'fast'],
      )
      const back = (await server.call('updateTemplate', { id, cleanupdetails: true, templatetag: '' })).template
      assert.deepEqual([back.details, back.templatetag], [undefined, undefined])
      await assert.rejects(
        server.call('updateTemplate', { id, cleanupdetails: true, 'details[0].a': 'b' }),
        refused(431, /cannot be used together/),
      )
      await assert.rejects(server.call('updateTemplate', { id, displaytext: 'x' }, tenant), refused(531, /may not/))
    })
  })
