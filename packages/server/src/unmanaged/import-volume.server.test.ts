import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { cleanPools } from '../reconcile/orphan-files.duty.ts'
import { createModelHosts, type ModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { refused } from '../testing/refused.ts'
import { databaseKinds, skipWithout, stopTestDatabases } from '../testing/test-databases.ts'
import { type Body, type Params, startTestServer, type TestAccount, type TestServer } from '../testing/test-server.ts'

const GIB = 1024 ** 3

for (const kind of databaseKinds)
  describe(`files of pools become volumes and back on ${kind}`, skipWithout(kind), () => {
    let server: TestServer
    let zone: ModelZone
    let model: ModelHosts
    let tenant: TestAccount
    let domain: string
    before(async () => {
      server = await startTestServer({ database: kind })
      zone = await insertModelZone(server.ctx.db, server.ctx.runtime.uuid, { hosts: 2 })
      model = createModelHosts(
        zone.hosts.map((host) => host.id),
        { dataDir: server.ctx.dataDir },
      )
      Object.assign(server.ctx, { agents: model.agents })
      tenant = await server.addAccount('tenant', 'User')
      domain = (await server.call('listDomains')).domain[0].id
    })
    after(async () => {
      await server.stop()
      await stopTestDatabases()
    })
    const put = (name: string, size = GIB): void => {
      model.files.set(zone.pool.uuid, (model.files.get(zone.pool.uuid) ?? new Set()).add(name))
      model.sizes.set(name, size)
    }
    const files = (): string[] => [...(model.files.get(zone.pool.uuid) ?? [])].sort()
    const listed = async (path?: string): Promise<Body[]> =>
      (
        await server.call('listVolumesForImport', {
          storageid: zone.pool.uuid,
          ...(path === undefined ? {} : { path }),
        })
      ).volumeforimport ?? []
    const bring = (path: string, more: Body = {}): Promise<Body> =>
      server.run('importVolume', { path, storageid: zone.pool.uuid, ...more })
    const allocated = async (): Promise<number> =>
      (
        await server.ctx.db
          .selectFrom('storage_pool')
          .select('allocated_bytes')
          .where('id', '=', zone.pool.id)
          .executeTakeFirstOrThrow()
      ).allocated_bytes

    test('a file is listed, imported for a tenant, attached, detached, let go of and imported again', async () => {
      put('db.qcow2', 3 * GIB)
      put('plain.raw', GIB)
      put('bad.hostile')
      const seen = await listed()
      assert.deepEqual(
        seen.map((file) => [file.name, file.format, file.virtualsize, file.importrefusal]),
        [
          ['db.qcow2', 'qcow2', 3 * GIB, undefined],
          ['plain.raw', 'raw', GIB, undefined],
          ['bad.hostile', undefined, undefined, 'it is a symbolic link'],
        ],
      )
      assert.equal(seen[0]?.fullpath, '/primary/db.qcow2')
      const before = await allocated()
      const owner = { account: 'tenant', domainid: domain }
      const { volume } = await bring('/primary/db.qcow2', { name: 'db', ...owner })
      assert.deepEqual(
        [volume.name, volume.state, volume.size, volume.account, volume.storageid, volume.type],
        ['db', 'Ready', 3 * GIB, 'tenant', zone.pool.uuid, 'DATADISK'],
      )
      assert.equal(await allocated(), before + 3 * GIB)
      assert.ok(files().includes(volume.id) && !files().includes('db.qcow2'))
      assert.deepEqual(
        (await listed()).map((file) => file.name),
        ['plain.raw', 'bad.hostile'],
      )
      const vm = (
        await server.run('deployVirtualMachine', {
          ...{ serviceofferingid: zone.offering, templateid: zone.template, zoneid: zone.zone },
          ...owner,
        })
      ).virtualmachine
      await server.run('attachVolume', { id: volume.id, virtualmachineid: vm.id })
      await assert.rejects(server.run('unmanageVolume', { id: volume.id }), refused(431, /attached/))
      await server.run('detachVolume', { id: volume.id })
      const [root] = (await server.call('listVolumes', { virtualmachineid: vm.id, type: 'ROOT', listall: true })).volume
      await assert.rejects(server.run('unmanageVolume', { id: root.id }), refused(431, /root disk/))
      await assert.rejects(server.run('unmanageVolume', { id: volume.id }, tenant), refused(401, /./))
      const with_ = await allocated()
      await server.run('unmanageVolume', { id: volume.id })
      assert.equal(await allocated(), with_ - 3 * GIB)
      await assert.rejects(server.call('listVolumes', { id: volume.id, listall: true }), refused(431, /id/))
      // No clean-up takes it for the file of a volume that is gone.
      await cleanPools(server.ctx, 0)
      assert.ok(files().includes(volume.id))
      assert.deepEqual(
        (await listed(volume.id)).map((file) => file.name),
        [volume.id],
      )
      const again = (await bring(volume.id)).volume
      assert.deepEqual([again.id, again.state, again.name], [volume.id, 'Ready', volume.id])
    })

    test('what leads elsewhere, is no file, or does not fit, is refused by its name', async () => {
      for (const path of ['../etc/shadow', '/etc/shadow', 'a/b', '.altostack-pool', '/primary/../x', '..']) {
        await assert.rejects(bring(path), refused(431, /no file in the directory/), path)
      }
      await assert.rejects(bring('none.qcow2'), refused(431, /has no file none.qcow2/))
      await assert.rejects(bring('bad.hostile'), refused(431, /symbolic link/))
      const fixed = (await server.call('createDiskOffering', { name: 'five', disksize: 5 })).diskoffering.id
      await assert.rejects(bring('plain.raw', { diskofferingid: fixed }), refused(431, /disk offering five/))
      const local = (await server.call('createDiskOffering', { name: 'near', customized: true, storagetype: 'local' }))
        .diskoffering.id
      await assert.rejects(bring('plain.raw', { diskofferingid: local }), refused(431, /for the other/))
      await server.call('updateResourceLimit', {
        account: 'tenant',
        domainid: domain,
        resourcetype: 2,
        max: 0,
      })
      const owner = { account: 'tenant', domainid: domain }
      await assert.rejects(bring('plain.raw', owner), refused(532, /limit/i))
      assert.ok(files().includes('plain.raw'))
      await assert.rejects(bring('plain.raw', { account: 'tenant' }), refused(431, /domainid/))
    })

    test('a host that fails half way leaves the file under its own name and no row', async () => {
      const before = await allocated()
      for (const how of ['refuse', 'half'] as const) {
        model.trouble({ method: 'volume.adopt', how })
        await assert.rejects(bring('plain.raw'))
        assert.ok(files().includes('plain.raw'), how)
        assert.equal(await allocated(), before)
      }
      assert.deepEqual(await server.ctx.db.selectFrom('workflow_lock').selectAll().execute(), [])
      const [one, other] = await Promise.allSettled([bring('plain.raw'), bring('plain.raw')])
      assert.deepEqual([one.status, other.status].sort(), ['fulfilled', 'rejected'])
    })

    test('a file becomes a stopped VM, which starts with it', async () => {
      const told: string[] = []
      Object.assign(model.agents, { acknowledge: (_host: number, keys: readonly string[]) => told.push(...keys) })
      put('web.qcow2', 2 * GIB)
      const [cluster] = (await server.call('listClusters')).cluster
      const wish = {
        ...{ zoneid: zone.zone, clusterid: cluster.id, hypervisor: 'KVM', importsource: 'shared', name: 'web' },
        ...{ serviceofferingid: zone.offering, storageid: zone.pool.uuid, diskpath: 'web.qcow2' },
        networkid: zone.network,
      }
      const asks: [Params, RegExp][] = [
        [{ importsource: 'external' }, /shared or local/],
        [{ importsource: 'local' }, /is not local storage/],
        [{ diskpath: '../web.qcow2' }, /no file in the directory/],
        [{ diskpath: 'bad.hostile' }, /symbolic link/],
        [{ networkid: undefined }, /networkid/],
        [{ host: '10.0.0.9' }, /host/],
        [{ hypervisor: 'VMware' }, /hypervisor/],
      ]
      for (const [over, text] of asks) {
        const asked: Params = { ...wish, ...over }
        await assert.rejects(server.run('importVm', asked), refused(431, text), JSON.stringify(over))
      }
      model.trouble({ method: 'volume.adopt', how: 'half' })
      await assert.rejects(server.run('importVm', wish))
      assert.ok(files().includes('web.qcow2'))
      const vms = (await server.call('listVirtualMachines', { listall: true })).count
      const { virtualmachine: vm } = await server.run('importVm', wish)
      assert.deepEqual([vm.name, vm.state, vm.nic.length], ['web', 'Stopped', 1])
      assert.match(vm.instancename, /^i-\d+-\d+-VM$/)
      assert.equal((await server.call('listVirtualMachines', { listall: true })).count, vms + 1)
      const [root] = (await server.call('listVolumes', { virtualmachineid: vm.id })).volume
      assert.deepEqual([root.type, root.state, root.size, root.physicalsize], ['ROOT', 'Ready', 2 * GIB, 200_000])
      const run = await server.ctx.db
        .selectFrom('workflow_run')
        .select('id')
        .where('name', '=', 'vm.import-disk')
        .where('status', '=', 'succeeded')
        .executeTakeFirstOrThrow()
      // The host keeps no journal of what has ended.
      assert.deepEqual(told, [`${run.id}/adopt`])
      assert.ok(files().includes(root.id) && !files().includes('web.qcow2'))
      const started = (await server.run('startVirtualMachine', { id: vm.id })).virtualmachine
      assert.equal(started.state, 'Running')
      assert.deepEqual(
        model.specs.get(vm.instancename)?.disks.map((disk) => disk.volumeUuid),
        [root.id],
      )
    })
  })
