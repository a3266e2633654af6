import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createModelHosts, type ModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { refused } from '../testing/refused.ts'
import { databaseKinds, skipWithout, stopTestDatabases } from '../testing/test-databases.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

const GIB = 1024 ** 3

for (const kind of databaseKinds)
  describe(`the life of a volume on ${kind}`, skipWithout(kind), () => {
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

    /** Space of the pool is what its volumes and template copies take; files are those of Ready volumes; nothing is locked. */
    async function assertClean(): Promise<void> {
      const { db } = server.ctx
      const volumes = await db.selectFrom('volumes').selectAll().where('removed', 'is', null).execute()
      const copies = await db.selectFrom('template_spool_ref').selectAll().execute()
      const pool = await db
        .selectFrom('storage_pool')
        .selectAll()
        .where('id', '=', zone.pool.id)
        .executeTakeFirstOrThrow()
      const held = volumes.filter((volume) => volume.pool_id !== null)
      const bytes = held.reduce((sum, volume) => sum + volume.size, 0)
      assert.equal(pool.allocated_bytes, bytes + copies.reduce((sum, row) => sum + row.template_size, 0))
      const files = [...(model.files.get(zone.pool.uuid) ?? [])].filter((name) => name !== zone.template)
      assert.deepEqual(files.sort(), held.map((volume) => volume.uuid).sort())
      for (const volume of held) {
        if (volume.volume_type === 'DATADISK') assert.equal(model.sizes.get(volume.uuid), volume.size)
        assert.ok(['Ready', 'Destroy'].includes(volume.state), volume.state)
      }
      assert.deepEqual(await db.selectFrom('workflow_lock').selectAll().execute(), [])
    }
    async function offering(params: Record<string, string | number | boolean> = {}): Promise<string> {
      const { diskoffering } = await server.call('createDiskOffering', { name: 'd', displaytext: 'd', ...params })
      return diskoffering.id
    }
    const deploy = async (
      params: Record<string, string | number | boolean> = {},
    ): Promise<{ id: string; instancename: string }> =>
      (
        await server.run('deployVirtualMachine', {
          serviceofferingid: zone.offering,
          templateid: zone.template,
          zoneid: zone.zone,
          ...params,
        })
      ).virtualmachine
    const plugged = (vm: { instancename: string }): string[] =>
      [...model.plugged]
        .filter((name) => name.startsWith(`${vm.instancename}/`))
        .map((name) => name.split('/')[1] ?? '')

    test('created as a plan, plugged in where its VM runs, grown live, unplugged, deleted', async () => {
      const custom = await offering({ customized: true })
      const vm = await deploy()
      const { volume } = await server.run('createVolume', {
        name: 'data1',
        diskofferingid: custom,
        size: 2,
        zoneid: zone.zone,
      })
      assert.deepEqual(
        [volume.state, volume.size, volume.storage, volume.type],
        ['Allocated', 2 * GIB, undefined, 'DATADISK'],
      )
      await assertClean()
      const attached = (await server.run('attachVolume', { id: volume.id, virtualmachineid: vm.id })).volume
      assert.deepEqual(
        [attached.state, attached.deviceid, attached.virtualmachineid, attached.storageid],
        ['Ready', 1, vm.id, zone.pool.uuid],
      )
      assert.deepEqual(plugged(vm), [volume.id])
      await assertClean()
      const grown = (await server.run('resizeVolume', { id: volume.id, size: 3 })).volume
      assert.equal(grown.size, 3 * GIB)
      await assertClean()
      await assert.rejects(server.run('resizeVolume', { id: volume.id, size: 1 }), refused(431, /smaller/))
      await assert.rejects(
        server.run('resizeVolume', { id: volume.id, size: 1, shrinkok: true }),
        refused(431, /under a running guest/),
      )
      await assert.rejects(server.call('deleteVolume', { id: volume.id }), refused(431, /attached/))
      const detached = (await server.run('detachVolume', { virtualmachineid: vm.id, deviceid: 1 })).volume
      assert.deepEqual([detached.id, detached.virtualmachineid, detached.state], [volume.id, undefined, 'Ready'])
      assert.deepEqual(plugged(vm), [])
      assert.equal((await server.run('resizeVolume', { id: volume.id, size: 1, shrinkok: true })).volume.size, GIB)
      await assertClean()
      assert.equal((await server.call('deleteVolume', { id: volume.id })).success, true)
      await assertClean()
      assert.deepEqual(await server.call('listVolumes', { name: 'data1' }), {})
    })

    test('a stopped VM finds the disk at its next start; its device is its own', async () => {
      const custom = await offering({ customized: true })
      const vm = await deploy()
      await server.run('stopVirtualMachine', { id: vm.id })
      const make = async (): Promise<string> =>
        (await server.run('createVolume', { name: 's', diskofferingid: custom, size: 1, zoneid: zone.zone })).volume.id
      const [first, second, third] = [await make(), await make(), await make()]
      assert.equal(
        (await server.run('attachVolume', { id: first, virtualmachineid: vm.id, deviceid: 2 })).volume.state,
        'Allocated',
      )
      await assert.rejects(
        server.run('attachVolume', { id: second, virtualmachineid: vm.id, deviceid: 2 }),
        refused(431, /taken/),
      )
      for (const deviceid of [3, 0, 26]) {
        await assert.rejects(server.run('attachVolume', { id: second, virtualmachineid: vm.id, deviceid }), {
          errorcode: 431,
        })
      }
      await assert.rejects(server.run('attachVolume', { id: first, virtualmachineid: vm.id }), refused(431, /attached/))
      assert.equal((await server.run('attachVolume', { id: second, virtualmachineid: vm.id })).volume.deviceid, 1)
      assert.equal((await server.run('attachVolume', { id: third, virtualmachineid: vm.id })).volume.deviceid, 4)
      await server.run('startVirtualMachine', { id: vm.id })
      const { volume: listed } = await server.call('listVolumes', { virtualmachineid: vm.id })
      assert.deepEqual(
        listed.map((one: { deviceid: number; state: string }) => [one.deviceid, one.state]).sort(),
        [0, 1, 2, 4].map((id) => [id, 'Ready']),
      )
      await assertClean()
      await assert.rejects(
        server.run('detachVolume', { virtualmachineid: vm.id, deviceid: 0 }),
        refused(431, /runs on its root/),
      )
      await server.run('destroyVirtualMachine', { id: vm.id, expunge: true, volumeids: `${first},${second}` })
      await waitFor(
        async () => (await server.call('listVolumes', { ids: `${third}` })).volume?.[0]?.virtualmachineid === undefined,
      )
      await waitFor(async () => {
        const rows = await server.ctx.db
          .selectFrom('volumes')
          .selectAll()
          .where('uuid', 'in', [first, second])
          .execute()
        return rows.every((row) => row.removed !== null)
      })
      await assertClean()
      const { volume: kept } = await server.call('listVolumes', { id: third })
      assert.deepEqual([kept[0].state, kept[0].virtualmachineid], ['Ready', undefined])
      await server.call('deleteVolume', { id: third })
    })

    test('data disks of a deploy, and a deploy that fails takes them back', async () => {
      const fixed = await offering({ disksize: 4 })
      const custom = await offering({ customized: true })
      const vm = await deploy({ diskofferingid: fixed })
      const { volume } = await server.call('listVolumes', { virtualmachineid: vm.id, type: 'DATADISK' })
      assert.deepEqual([volume[0].size, volume[0].deviceid, volume[0].diskofferingid], [4 * GIB, 1, fixed])
      await assertClean()
      const many = await deploy({
        'datadisksdetails[0].diskofferingid': custom,
        'datadisksdetails[0].size': '2',
        'datadisksdetails[1].diskofferingid': fixed,
        'datadisksdetails[1].deviceid': '5',
      })
      const { volume: disks } = await server.call('listVolumes', { virtualmachineid: many.id, type: 'DATADISK' })
      assert.deepEqual(disks.map((one: { deviceid: number; size: number }) => [one.deviceid, one.size]).sort(), [
        [1, 2 * GIB],
        [5, 4 * GIB],
      ])
      const before = (await server.ctx.db.selectFrom('volumes').select('id').where('removed', 'is', null).execute())
        .length
      model.trouble({ method: 'vm.start', how: 'half', times: 2 })
      await assert.rejects(deploy({ diskofferingid: fixed }))
      const rows = await server.ctx.db.selectFrom('volumes').select('id').where('removed', 'is', null).execute()
      assert.equal(rows.length, before)
      await assertClean()
      await assert.rejects(deploy({ diskofferingid: custom }), refused(431, /size is needed/))
      await assert.rejects(deploy({ diskofferingid: fixed, size: 5 }), refused(431, /size of its own/))
    })

    test('a host that fails a plug leaves the volume as it was', async () => {
      const custom = await offering({ customized: true })
      const vm = await deploy()
      const { volume } = await server.run('createVolume', {
        name: 'p',
        diskofferingid: custom,
        size: 1,
        zoneid: zone.zone,
      })
      for (const how of ['refuse', 'half'] as const) {
        model.trouble({ method: 'volume.attach', how })
        await assert.rejects(server.run('attachVolume', { id: volume.id, virtualmachineid: vm.id }))
        const { volume: listed } = await server.call('listVolumes', { id: volume.id })
        assert.deepEqual(
          [listed[0].state, listed[0].virtualmachineid, listed[0].deviceid],
          ['Allocated', undefined, undefined],
        )
        assert.deepEqual(plugged(vm), [])
        await assertClean()
      }
      model.trouble({ method: 'volume.attach', how: 'lose' })
      assert.equal((await server.run('attachVolume', { id: volume.id, virtualmachineid: vm.id })).volume.state, 'Ready')
      model.trouble({ method: 'volume.detach', how: 'half' })
      await assert.rejects(server.run('detachVolume', { id: volume.id }))
      assert.deepEqual(plugged(vm), [volume.id], 'what may have been unplugged is plugged in again')
      await assertClean()
    })

    test('limits: of the offering, changed live, and of the account', async () => {
      const slow = await offering({ customized: true, iopsreadrate: 100, byteswriterate: 1_000_000 })
      const vm = await deploy()
      const { volume } = await server.run('createVolume', {
        name: 'l',
        diskofferingid: slow,
        size: 1,
        zoneid: zone.zone,
      })
      assert.deepEqual([volume.diskIopsReadRate, volume.diskBytesWriteRate], [100, 1_000_000])
      await server.run('attachVolume', { id: volume.id, virtualmachineid: vm.id })
      const tunes = (): number => model.calls.filter((call) => call.startsWith('volume.tune@')).length
      const before = tunes()
      const fast = await offering({
        customized: true,
        iopsreadrate: 500,
        iopsreadratemax: 900,
        iopsreadratemaxlength: 5,
      })
      const changed = (await server.run('changeOfferingForVolume', { id: volume.id, diskofferingid: fast })).volume
      assert.deepEqual([changed.diskofferingid, changed.diskIopsReadRate], [fast, 500])
      assert.equal(tunes(), before + 1)
      await server.call('updateDiskOffering', { id: fast, iopsreadrate: 600 })
      await waitFor(async () => tunes() === before + 2)
      await assert.rejects(offering({ customized: true, iopsreadratemax: 5 }), refused(431, /iopsreadratemax/))
      await assert.rejects(
        server.call('updateDiskOffering', { id: fast, iopsreadrate: 1000 }),
        refused(431, /not below/),
      )

      const user = await server.addAccount(`limited-${kind}`, 'User')
      await server.ctx.db
        .insertInto('resource_limit')
        .values({ account_id: user.accountId, type: 'volume', max: 1 })
        .execute()
      const mine = (
        await server.run('createVolume', { name: 'u', diskofferingid: slow, size: 1, zoneid: zone.zone }, user)
      ).volume
      await assert.rejects(
        server.run('createVolume', { name: 'u2', diskofferingid: slow, size: 1, zoneid: zone.zone }, user),
        refused(532, /volumes/),
      )
      await assert.rejects(server.run('attachVolume', { id: mine.id, virtualmachineid: vm.id }, user), {
        errorcode: 531,
      })
      await assert.rejects(server.run('attachVolume', { id: volume.id, virtualmachineid: vm.id }, user), {
        errorcode: 531,
      })
      await assert.rejects(
        server.run('attachVolume', { id: mine.id, virtualmachineid: vm.id }),
        refused(431, /different accounts/),
      )
      await server.call('deleteVolume', { id: mine.id }, user)
    })

    test('the bin: destroyed, recovered, destroyed and cleaned up', async () => {
      const custom = await offering({ customized: true })
      const { volume } = await server.run('createVolume', {
        name: 'bin',
        diskofferingid: custom,
        size: 1,
        storageid: zone.pool.uuid,
      })
      assert.deepEqual([volume.state, volume.storageid], ['Ready', zone.pool.uuid])
      assert.equal((await server.run('destroyVolume', { id: volume.id })).volume.state, 'Destroy')
      await assertClean()
      assert.equal((await server.call('recoverVolume', { id: volume.id })).volume.state, 'Ready')
      await server.run('updateVolume', { id: volume.id, deleteprotection: true })
      await assert.rejects(server.run('destroyVolume', { id: volume.id }), refused(431, /protected/))
      await server.run('updateVolume', { id: volume.id, deleteprotection: false, name: 'renamed' })
      await server.run('destroyVolume', { id: volume.id, expunge: true })
      assert.deepEqual(await server.call('listVolumes', { name: 'renamed' }), {})
      await assertClean()
    })

    async function waitFor(condition: () => Promise<boolean>): Promise<void> {
      for (let at = 0; !(await condition()); at++) {
        assert.ok(at < 200, 'it does not come about')
        await server.ctx.runtime.sleep(25)
      }
    }
  })
