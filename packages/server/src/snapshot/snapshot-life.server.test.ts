import assert from 'node:assert/strict'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createModelHosts, type ModelHosts, modelImage } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { refused } from '../testing/refused.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { takeDue } from './policies.duty.ts'

const GIB = 1024 ** 3

describe('the life of a snapshot', () => {
  let server: TestServer
  let zone: ModelZone
  let model: ModelHosts
  let offering: string
  before(async () => {
    server = await startTestServer()
    zone = await insertModelZone(server.ctx.db, server.ctx.runtime.uuid, { hosts: 2 })
    model = createModelHosts(
      zone.hosts.map((host) => host.id),
      { dataDir: server.ctx.dataDir },
    )
    Object.assign(server.ctx, { agents: model.agents })
    offering = (await server.call('createDiskOffering', { name: 'd', customized: true })).diskoffering.id
  })
  after(() => server.stop())

  const file = (uuid: string): string => join(server.ctx.dataDir, 'snapshots', `${uuid}.qcow2`)
  const deploy = async (): Promise<{ id: string; instancename: string }> =>
    (
      await server.run('deployVirtualMachine', {
        serviceofferingid: zone.offering,
        templateid: zone.template,
        zoneid: zone.zone,
      })
    ).virtualmachine
  const rootOf = async (vm: { id: string }): Promise<{ id: string; state: string; size: number }> =>
    (await server.call('listVolumes', { virtualmachineid: vm.id, type: 'ROOT' })).volume[0]
  /** Nothing of a snapshot on pools or in the inbox, no upload expected, nothing locked. */
  async function assertClean(): Promise<void> {
    const snapshots = await server.ctx.db.selectFrom('snapshots').select('uuid').execute()
    const left = [...model.files.values()]
      .flatMap((names) => [...names])
      .filter((name) => snapshots.some((row) => row.uuid === name))
    assert.deepEqual(left, [])
    const inbox = join(server.ctx.dataDir, 'uploads')
    assert.deepEqual(existsSync(inbox) ? readdirSync(inbox) : [], [])
    assert.deepEqual(await server.ctx.db.selectFrom('image_upload').selectAll().execute(), [])
    assert.deepEqual(await server.ctx.db.selectFrom('workflow_lock').selectAll().execute(), [])
  }

  test('taken of a running guest, kept with its checksum, made into a volume and a template, reverted to, deleted', async () => {
    const vm = await deploy()
    const root = await rootOf(vm)
    const { snapshot } = await server.run('createSnapshot', { volumeid: root.id, name: 'before' })
    assert.deepEqual(
      [
        snapshot.state,
        snapshot.name,
        snapshot.volumeid,
        snapshot.virtualsize,
        snapshot.physicalsize,
        snapshot.revertable,
      ],
      ['BackedUp', 'before', root.id, GIB, modelImage.length, true],
    )
    assert.equal(statSync(file(snapshot.id)).size, modelImage.length)
    await assertClean()
    assert.equal((await rootOf(vm)).state, 'Ready')
    await assert.rejects(server.run('revertSnapshot', { id: snapshot.id }), refused(431, /Running/))

    await assert.rejects(
      server
        .run('createVolume', {
          snapshotid: snapshot.id,
          name: 'small',
          diskofferingid: offering,
          size: 1,
          zoneid: zone.zone,
        })
        .then(async ({ volume }) => {
          assert.deepEqual([volume.state, volume.size], ['Ready', GIB])
          await server.run('attachVolume', { id: volume.id, virtualmachineid: vm.id })
          throw new Error('made and attached')
        }),
      /made and attached/,
    )
    const { template } = await server.run('createTemplate', {
      snapshotid: snapshot.id,
      name: 'golden',
      ostypeid: (await server.call('listOsTypes', { pagesize: 1, page: 1 })).ostype[0].id,
    })
    assert.deepEqual([template.isready, template.name], [true, 'golden'])

    await server.run('stopVirtualMachine', { id: vm.id })
    assert.equal((await server.run('revertSnapshot', { id: snapshot.id })).snapshot.id, snapshot.id)
    assert.equal((await rootOf(vm)).state, 'Ready')
    const made = (
      await server.run('createTemplate', {
        volumeid: root.id,
        name: 'of-volume',
        ostypeid: (await server.call('listOsTypes', { pagesize: 1, page: 1 })).ostype[0].id,
      })
    ).template
    assert.equal(made.isready, true)
    await server.run('deleteSnapshot', { id: snapshot.id })
    assert.equal(existsSync(file(snapshot.id)), false)
    assert.deepEqual(await server.call('listSnapshots', {}), {})
    await assertClean()
  })

  test('a changed image, a lost reply and a host that fails leave nothing half done', async () => {
    const vm = await deploy()
    const root = await rootOf(vm)
    model.trouble({ method: 'snapshot.upload', how: 'lose' })
    const { snapshot } = await server.run('createSnapshot', { volumeid: root.id })
    assert.equal(snapshot.state, 'BackedUp')
    for (const [method, how] of [
      ['snapshot.take', 'half'],
      ['snapshot.upload', 'half'],
      ['snapshot.take', 'refuse'],
    ] as const) {
      model.trouble({ method, how })
      await assert.rejects(server.run('createSnapshot', { volumeid: root.id }), { errorcode: 534 })
      assert.equal((await rootOf(vm)).state, 'Ready')
      await assertClean()
    }
    const { snapshot: failed } = await server.call('listSnapshots', { volumeid: root.id })
    const states = failed.map((one: { state: string }) => one.state)
    assert.deepEqual(states.sort(), ['BackedUp', 'Error', 'Error', 'Error'])
    for (const one of failed) await server.run('deleteSnapshot', { id: one.id })

    model.corrupt = true
    await assert.rejects(server.run('createSnapshot', { volumeid: root.id }), refused(534, /changed/))
    model.corrupt = false
    await assertClean()
    assert.deepEqual(readdirSync(join(server.ctx.dataDir, 'snapshots')), [])
  })

  test('the image of a snapshot is checked again before it becomes a template', async () => {
    const vm = await deploy()
    const { snapshot } = await server.run('createSnapshot', { volumeid: (await rootOf(vm)).id })
    writeFileSync(file(snapshot.id), 'something else')
    const os = (await server.call('listOsTypes', { pagesize: 1, page: 1 })).ostype[0].id
    await assert.rejects(
      server.run('createTemplate', { snapshotid: snapshot.id, name: 'rotten', ostypeid: os }),
      refused(530, /changed on the store/),
    )
    assert.deepEqual(await server.call('listTemplates', { templatefilter: 'all', name: 'rotten' }), {})
  })

  test('a policy takes one however many it missed, keeps the newest and is one an interval', async () => {
    const vm = await deploy()
    const root = await rootOf(vm)
    const wish = { volumeid: root.id, intervaltype: 'hourly', schedule: '0', timezone: 'UTC', maxsnaps: 2 }
    const { snapshotpolicy: policy } = await server.call('createSnapshotPolicy', wish)
    assert.deepEqual([policy.intervaltype, policy.schedule, policy.maxsnaps], [0, '0', 2])
    assert.equal((await server.call('createSnapshotPolicy', { ...wish, schedule: '5' })).snapshotpolicy.id, policy.id)
    await assert.rejects(server.call('createSnapshotPolicy', { ...wish, schedule: '61' }), refused(431, /minute/))
    await assert.rejects(server.call('createSnapshotPolicy', { ...wish, maxsnaps: 100 }), refused(431, /at most/))
    await assert.rejects(
      server.call('createSnapshotPolicy', { ...wish, timezone: 'No/Where' }),
      refused(431, /time zone/),
    )
    assert.equal(await takeDue(server.ctx), 0)
    for (let round = 0; round < 3; round++) {
      await server.ctx.db.updateTable('snapshot_policy').set({ next_run: 1 }).execute()
      assert.equal(await takeDue(server.ctx), 1)
      assert.equal(await takeDue(server.ctx), 0, 'missed ones are made up for once')
      await settled()
    }
    const { snapshot: kept } = await server.call('listSnapshots', { volumeid: root.id, snapshottype: 'RECURRING' })
    assert.deepEqual(
      kept.map((one: { state: string; intervaltype: string }) => [one.state, one.intervaltype]),
      [
        ['BackedUp', 'HOURLY'],
        ['BackedUp', 'HOURLY'],
      ],
    )
    assert.equal((await server.call('deleteSnapshotPolicies', { id: policy.id })).success, true)
    assert.deepEqual(await server.call('listSnapshotPolicies', { volumeid: root.id }), {})
    await assertClean()
  })

  test('VM snapshots: kept inside the disks, which then keep their shape', async () => {
    const vm = await deploy()
    const root = await rootOf(vm)
    const first = (await server.run('createVMSnapshot', { virtualmachineid: vm.id, name: 'one' })).vmsnapshot
    assert.deepEqual([first.state, first.type, first.current, first.displayname], ['Ready', 'Disk', true, 'one'])
    const second = (
      await server.run('createVMSnapshot', { virtualmachineid: vm.id, name: 'two', snapshotmemory: true })
    ).vmsnapshot
    assert.deepEqual([second.type, second.parent], ['DiskAndMemory', first.id])
    assert.equal(model.inner.size, 2)
    await assert.rejects(server.run('resizeVolume', { id: root.id, size: 5 }), refused(431, /VM snapshots/))
    await assert.rejects(server.run('revertToVMSnapshot', { vmsnapshotid: first.id }), refused(431, /runs/))
    assert.equal((await server.run('revertToVMSnapshot', { vmsnapshotid: second.id })).virtualmachine.state, 'Running')
    await server.run('stopVirtualMachine', { id: vm.id })
    assert.equal((await server.run('revertToVMSnapshot', { vmsnapshotid: first.id })).virtualmachine.state, 'Stopped')
    await assert.rejects(
      server.run('createVMSnapshot', { virtualmachineid: vm.id, snapshotmemory: true }),
      refused(431, /no memory/),
    )
    for (const one of [first, second]) await server.run('deleteVMSnapshot', { vmsnapshotid: one.id })
    assert.equal(model.inner.size, 0)
    assert.deepEqual(await server.call('listVMSnapshot', { virtualmachineid: vm.id }), {})
    await assertClean()
  })

  test('a volume moves to another pool at rest and live, and back', async () => {
    const vm = await deploy()
    const root = await rootOf(vm)
    const { id: _, ...pool } = await server.ctx.db
      .selectFrom('storage_pool')
      .selectAll()
      .where('id', '=', zone.pool.id)
      .executeTakeFirstOrThrow()
    const uuid = server.ctx.runtime.uuid()
    const { insertId } = await server.ctx.db
      .insertInto('storage_pool')
      .values({ ...pool, uuid, name: 'primary2', path: '/primary2', allocated_bytes: 0 })
      .executeTakeFirstOrThrow()
    for (const host of zone.hosts) {
      await server.ctx.db
        .insertInto('storage_pool_host_ref')
        .values({ host_id: host.id, pool_id: Number(insertId), local_path: '/primary2', created: 1, last_updated: 1 })
        .execute()
    }
    assert.equal((await server.run('migrateVolume', { volumeid: root.id, storageid: uuid })).volume.storageid, uuid)
    await settled()
    assert.deepEqual([...(model.files.get(uuid) ?? [])], [root.id])
    assert.equal(model.files.get(zone.pool.uuid)?.has(root.id), false)
    const other = async (): Promise<number> =>
      (
        await server.ctx.db
          .selectFrom('storage_pool')
          .select('allocated_bytes')
          .where('uuid', '=', uuid)
          .executeTakeFirstOrThrow()
      ).allocated_bytes
    assert.equal(await other(), root.size)
    await server.run('stopVirtualMachine', { id: vm.id })
    model.trouble({ method: 'volume.copy', how: 'half' })
    await assert.rejects(server.run('migrateVolume', { volumeid: root.id, storageid: zone.pool.uuid }), {
      errorcode: 534,
    })
    assert.equal(model.files.get(zone.pool.uuid)?.has(root.id), false)
    assert.equal(
      (await server.run('migrateVolume', { volumeid: root.id, storageid: zone.pool.uuid })).volume.storageid,
      zone.pool.uuid,
    )
    await settled()
    assert.deepEqual([...(model.files.get(uuid) ?? [])], [])
    assert.equal(await other(), 0)
    await assertClean()
  })

  /** Every run has ended. */
  async function settled(): Promise<void> {
    for (let at = 0; ; at++) {
      const live = await server.ctx.db
        .selectFrom('workflow_run')
        .select('id')
        .where('status', 'not in', ['succeeded', 'failed'])
        .execute()
      if (live.length === 0) return
      assert.ok(at < 400, 'runs do not end')
      await server.ctx.runtime.sleep(25)
    }
  }
})
