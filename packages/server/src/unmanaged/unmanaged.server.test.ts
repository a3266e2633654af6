import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { UnmanagedGuest } from '@altostack/agent-api'
import { claimsOfVms, recordedClaims, wrongClaims } from '../capacity/index.ts'
import { cleanPools } from '../reconcile/orphan-files.duty.ts'
import { createModelHosts, type ModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

const GIB = 1024 ** 3

for (const kind of databaseKinds) {
  const skip = databaseMissing(kind)
  describe(`unmanaged instances on ${kind}`, skip === undefined ? {} : { skip }, () => {
    let server: TestServer
    let zone: ModelZone
    let model: ModelHosts
    let clusterid = ''
    before(async () => {
      server = await startTestServer({ database: kind })
      zone = await insertModelZone(server.ctx.db, server.ctx.runtime.uuid, { hosts: 2 })
      model = createModelHosts(zone.hosts.map((host) => host.id))
      Object.assign(server.ctx, { agents: model.agents })
      clusterid = (await server.call('listClusters', {})).cluster[0].id
    })
    after(async () => {
      await server.stop()
      await stopTestDatabases()
    })

    /** A guest made by hand on the first host, its disk on the pool. */
    const make = (name: string, over: Partial<UnmanagedGuest> = {}): UnmanagedGuest => {
      const file = server.ctx.runtime.uuid()
      const guest: UnmanagedGuest = {
        ...{ name, uuid: server.ctx.runtime.uuid(), power: 'PowerOn', cpus: 1, memoryBytes: GIB / 2 },
        ...{ architecture: 'x86_64', machineType: 'pc-i440fx-7.2', cpuXml: '', bootMode: 'BIOS', lastGeneration: 0 },
        disks: [
          { target: 'vda', bus: 'virtio', path: `/primary/${file}`, format: 'qcow2', sizeBytes: GIB, physicalBytes: 5 },
        ],
        nics: [{ mac: '52:54:00:00:00:01', model: 'virtio', bridge: 'cloudbr0', tap: 'vnet0' }],
        ...over,
      }
      model.foreign.set(name, { hostId: zone.hosts[0]!.id, guest })
      const pool = model.files.get(zone.pool.uuid) ?? new Set<string>()
      model.files.set(zone.pool.uuid, pool)
      for (const { path } of guest.disks) pool.add(path.split('/').at(-1)!)
      return guest
    }
    const nic = (index = 0) => ({ 'nicnetworklist[0].nic': String(index), 'nicnetworklist[0].network': zone.network })
    const take = (name: string, more: Record<string, string | boolean> = nic()) =>
      server.run('importUnmanagedInstance', { clusterid, name, serviceofferingid: zone.offering, ...more })
    const listed = async (): Promise<string[]> =>
      ((await server.call('listUnmanagedInstances', { clusterid })).unmanagedinstance ?? []).map(
        (one: { name: string }) => one.name,
      )
    const nothingLeft = async (): Promise<void> => {
      const { db } = server.ctx
      assert.deepEqual(await db.selectFrom('vm_instance').selectAll().where('removed', 'is', null).execute(), [])
      assert.deepEqual(await db.selectFrom('volumes').selectAll().where('removed', 'is', null).execute(), [])
      assert.deepEqual(await db.selectFrom('nics').selectAll().where('removed', 'is', null).execute(), [])
      const pool = await db.selectFrom('storage_pool').selectAll().executeTakeFirstOrThrow()
      assert.equal(pool.allocated_bytes, 0)
      assert.deepEqual(wrongClaims(await recordedClaims(db), await claimsOfVms(db)), [])
    }

    test('they are listed with disks, NICs and what stands against them', async () => {
      make('web1')
      make('bad', {
        disks: [
          { target: 'vda', bus: 'virtio', path: '/home/bob/disk.qcow2', format: 'qcow2', sizeBytes: GIB },
          { target: 'vdb', bus: 'virtio', path: '/primary/data.qcow2', format: 'qcow2', sizeBytes: GIB },
          { target: 'vdc', bus: 'virtio', path: '/dev/sdb', format: 'raw', seen: '/dev/sdb is not a file' },
        ],
      })
      const { unmanagedinstance: all, count } = await server.call('listUnmanagedInstances', { clusterid })
      assert.equal(count, 2)
      const web = all.find((one: { name: string }) => one.name === 'web1')
      assert.deepEqual(
        [web.powerstate, web.cpunumber, web.memory, web.disk[0].capacity, web.nic[0].macaddress, web.refusals],
        ['PowerOn', 1, 512, GIB, '52:54:00:00:00:01', []],
      )
      const bad = all.find((one: { name: string }) => one.name === 'bad')
      assert.match(bad.refusals[0], /vda is \/home\/bob\/disk.qcow2, on no storage pool.*primary1 \(\/primary\)/)
      assert.match(bad.refusals[1], /vdb is the file data.qcow2.*Shut the guest down/)
      assert.match(bad.refusals[2], /vdc cannot be read/)
      assert.deepEqual(
        (await server.call('listUnmanagedInstances', { clusterid, keyword: 'WEB' })).unmanagedinstance.length,
        1,
      )
    })

    test('what does not fit is refused by name, and the guest and its host stay as they were', async () => {
      await assert.rejects(take('nobody'), /no connected host of the cluster has an unmanaged guest/)
      await assert.rejects(take('bad'), /disk vda is .* on no storage pool/)
      await assert.rejects(take('web1', {}), /NIC 0 .* has no network/)
      await assert.rejects(take('web1', nic(7)), /NIC 0 .* has no network/)
      await assert.rejects(
        take('web1', { 'nicnetworklist[0].nic': '0', 'nicnetworklist[0].network': zone.zone }),
        /no network/,
      )
      make('large', { cpus: 4 })
      await assert.rejects(take('large'), /it has 4 CPUs and 512 MiB, service offering Tiny 1 and 512/)
      make('wired', { nics: [{ mac: '52:54:00:00:00:02', model: 'virtio', bridge: 'virbr0', tap: 'vnet1' }] })
      await assert.rejects(take('wired'), /NIC 0 is on virbr0, network net1 on cloudbr0/)
      make('two', { disks: [...make('x').disks, { ...make('y').disks[0]!, target: 'vdb' }] })
      await assert.rejects(take('two'), /disk vdb has no disk offering/)
      model.trouble({ method: 'vm.adopt', how: 'half' })
      await assert.rejects(take('web1'), /failed half way/)
      await nothingLeft()
      for (const name of ['large', 'wired', 'two', 'x', 'y', 'bad']) model.foreign.delete(name)
      assert.deepEqual(await listed(), ['web1'])
      assert.deepEqual(model.running('web1'), [])
    })

    test('a running guest is imported, stopped and started, unmanaged, and may come back', async () => {
      const guest = model.foreign.get('web1')!.guest
      const { virtualmachine: vm } = await take('web1', { ...nic(), displayname: 'Web', hostname: 'web' })
      assert.deepEqual(
        [vm.id, vm.name, vm.displayname, vm.instancename, vm.state, vm.hostid],
        [guest.uuid, 'web', 'Web', 'web1', 'Running', zone.hosts[0]!.uuid],
      )
      assert.equal(vm.nic[0].macaddress, '52:54:00:00:00:01')
      assert.deepEqual(await listed(), [])
      const { db } = server.ctx
      assert.deepEqual(wrongClaims(await recordedClaims(db), await claimsOfVms(db)), [])
      const [volume] = (await server.call('listVolumes', { virtualmachineid: vm.id })).volume
      assert.deepEqual([volume.type, volume.size, volume.state], ['ROOT', GIB, 'Ready'])
      await server.run('stopVirtualMachine', { id: vm.id })
      await server.run('startVirtualMachine', { id: vm.id })
      const disks = model.specs.get('web1')?.disks
      assert.equal(disks?.[0]?.volumeUuid, guest.disks[0]!.path.split('/').at(-1))

      await server.run('unmanageVirtualMachine', { id: vm.id })
      await nothingLeft()
      assert.deepEqual(await listed(), ['web1'])
      await cleanPools(server.ctx, 0)
      assert.ok(model.files.get(zone.pool.uuid)!.has(disks![0]!.volumeUuid), 'its file is nobody’s to remove')
      const { virtualmachine: again } = await take('web1')
      assert.equal(again.id, guest.uuid)
      await server.run('unmanageVirtualMachine', { id: again.id })
      await nothingLeft()
      model.foreign.delete('web1')
    })

    test('one that is off gets its files named, starts from them, and leaves as a definition', async () => {
      const path = '/primary/old disk.qcow2'
      make('off', {
        power: 'PowerOff',
        disks: [{ target: 'sda', bus: 'sata', path, format: 'qcow2', sizeBytes: GIB, physicalBytes: 5 }],
      })
      const { virtualmachine: vm } = await take('off')
      assert.equal(vm.state, 'Stopped')
      assert.ok(!model.files.get(zone.pool.uuid)!.has('old disk.qcow2'))
      await server.run('startVirtualMachine', { id: vm.id })
      assert.equal(model.specs.get('off')?.disks[0]?.bus, 'sata')
      await server.run('stopVirtualMachine', { id: vm.id })
      model.trouble({ method: 'vm.release', how: 'half' })
      await assert.rejects(server.run('unmanageVirtualMachine', { id: vm.id }), /failed half way/)
      assert.equal((await server.call('listVirtualMachines', { id: vm.id })).virtualmachine[0].state, 'Stopped')
      await server.run('unmanageVirtualMachine', { id: vm.id })
      await nothingLeft()
      assert.deepEqual(await listed(), ['off'])
    })
  })
}
