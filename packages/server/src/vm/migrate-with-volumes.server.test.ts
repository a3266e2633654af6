import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { claimsOfVms, recordedClaims, wrongClaims } from '../capacity/index.ts'
import { createModelHosts, type ModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

/** Three hosts: kvm1 with primary1, kvm2 in the same cluster with primary2, kvm3 in another cluster with primary3. */
for (const kind of databaseKinds) {
  const skip = databaseMissing(kind)
  describe(`migration with volumes on ${kind}`, skip === undefined ? {} : { skip }, () => {
    let server: TestServer
    let zone: ModelZone
    let model: ModelHosts
    let vm = ''
    const pools: { id: number; uuid: string }[] = []
    const clusters: number[] = []
    before(async () => {
      server = await startTestServer({ database: kind })
      const { db, runtime } = server.ctx
      zone = await insertModelZone(db, runtime.uuid, { hosts: 3 })
      model = createModelHosts(zone.hosts.map((host) => host.id))
      Object.assign(server.ctx, { agents: model.agents })
      const { id: clusterId, ...cluster } = await db.selectFrom('cluster').selectAll().executeTakeFirstOrThrow()
      const made = await db
        .insertInto('cluster')
        .values({ ...cluster, uuid: runtime.uuid(), name: 'cluster2' })
        .executeTakeFirstOrThrow()
      clusters.push(clusterId, Number(made.insertId))
      const { id: _, ...first } = await db.selectFrom('storage_pool').selectAll().executeTakeFirstOrThrow()
      pools.push(zone.pool)
      for (const [index, name] of ['primary2', 'primary3'].entries()) {
        const uuid = runtime.uuid()
        const { insertId } = await db
          .insertInto('storage_pool')
          .values({ ...first, uuid, name, cluster_id: clusters[index]! })
          .executeTakeFirstOrThrow()
        pools.push({ id: Number(insertId), uuid })
        await db
          .updateTable('storage_pool_host_ref')
          .set({ pool_id: Number(insertId) })
          .where('host_id', '=', zone.hosts[index + 1]!.id)
          .execute()
      }
      await db.updateTable('host').set({ cluster_id: clusters[1]! }).where('id', '=', zone.hosts[2]!.id).execute()
    })
    after(async () => {
      await server.stop()
      await stopTestDatabases()
    })

    const name = (index: number): string => zone.hosts[index]!.uuid
    const hostOf = async (): Promise<string> =>
      (await server.call('listVirtualMachines', { id: vm })).virtualmachine[0].hostid
    const diskOf = async (): Promise<Record<string, string>> =>
      (await server.call('listVolumes', { virtualmachineid: vm })).volume[0]
    const migrate = (params: Record<string, string | boolean>) =>
      server.run('migrateVirtualMachineWithVolume', { virtualmachineid: vm, ...params })
    /** The disk's file is on its pool and nowhere else, space and claims are what they should be. */
    const assertAt = async (index: number): Promise<void> => {
      assert.equal(await hostOf(), name(index))
      const disk = await diskOf()
      assert.deepEqual([disk.storageid, disk.state], [pools[index]!.uuid, 'Ready'])
      const cleared = (): boolean =>
        pools.every(({ uuid }, at) => (model.files.get(uuid)?.has(disk.id!) ?? false) === (at === index))
      for (let tries = 0; !cleared(); tries++) {
        assert.ok(tries < 100, 'the file that was left is removed')
        await server.ctx.runtime.sleep(20)
      }
      const { db } = server.ctx
      assert.deepEqual(wrongClaims(await recordedClaims(db), await claimsOfVms(db)), [])
      const copies = await db.selectFrom('template_spool_ref').selectAll().execute()
      for (const [at, { id }] of pools.entries()) {
        const row = await db.selectFrom('storage_pool').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
        const template = copies.filter(({ pool_id }) => pool_id === id).reduce((sum, one) => sum + one.template_size, 0)
        assert.equal(row.allocated_bytes - template, at === index ? Number(disk.size) : 0, row.name)
      }
    }

    test('hosts are told with what stands against them and whether the disks would move', async () => {
      const deployed = await server.run('deployVirtualMachine', {
        serviceofferingid: zone.offering,
        templateid: zone.template,
        zoneid: zone.zone,
        hostid: name(0),
      })
      vm = deployed.virtualmachine.id
      await assertAt(0)
      const { host } = await server.call('findHostsForMigration', { virtualmachineid: vm })
      const told = host.map((one: Record<string, unknown>) => [
        one.id,
        one.suitableformigration,
        one.requiresStorageMotion,
        (one.refusals as string[]).map((line) => line.split(':')[0]),
      ])
      assert.deepEqual(told, [
        [name(1), true, true, []],
        [name(2), false, true, ['layer2']],
      ])
      const { storagepool } = await server.call('findStoragePoolsForMigration', { id: (await diskOf()).id! })
      assert.deepEqual(
        storagepool.map((one: Record<string, unknown>) => one.suitableformigration),
        [false, false],
      )
      assert.match(storagepool[0].refusals[0], /migrateVirtualMachineWithVolume moves both/)
    })

    test('wrong wishes are refused by name and change nothing', async () => {
      const disk = (await diskOf()).id!
      const pool = pools[1]!.uuid
      await assert.rejects(migrate({}), /One of hostid, migrateto and autoselect/)
      await assert.rejects(migrate({ hostid: name(0) }), /runs on host kvm1 already/)
      await assert.rejects(migrate({ hostid: name(1), autoselect: true }), /cannot be used together/)
      const to = (volume: string, where: string, index = 0) => ({
        [`migrateto[${index}].volume`]: volume,
        [`migrateto[${index}].pool`]: where,
      })
      await assert.rejects(migrate({ hostid: name(1), ...to(vm, pool) }), /is not a volume of/)
      await assert.rejects(migrate({ hostid: name(1), ...to(disk, disk) }), /there is no storage pool/)
      await assert.rejects(migrate({ hostid: name(1), ...to(disk, pool), ...to(disk, pool, 1) }), /named twice/)
      await assert.rejects(migrate({ hostid: name(1), ...to(disk, pools[2]!.uuid) }), /nsufficient|not the pool/)
      await assert.rejects(server.run('migrateVirtualMachine', { virtualmachineid: vm, hostid: name(1) }), /./)
      await assertAt(0)
    })

    test('it moves with its disk in the cluster, is told as a plan first, and a lost end is found out', async () => {
      const { dryrun } = await server.call('migrateVirtualMachineWithVolume', {
        virtualmachineid: vm,
        hostid: name(1),
        dryrun: true,
      })
      assert.equal(dryrun.moves[0].host, name(1))
      assert.ok(dryrun.claims.some((claim: { entity: string }) => claim.entity === pools[1]!.uuid))
      await assertAt(0)
      model.trouble({ method: 'vm.migration.start', how: 'lose' })
      await migrate({ autoselect: true })
      await assertAt(1)
      model.trouble({ method: 'vm.migration.start', how: 'refuse' })
      await assert.rejects(migrate({ hostid: name(0) }), /the host refuses/)
      await assertAt(1)
    })

    test('to another cluster only where the networks reach, when it is named or the setting allows it', async () => {
      await assert.rejects(migrate({ hostid: name(2) }), /layer2|no host has seen|nsufficient/)
      await server.ctx.db
        .insertInto('layer2_link')
        .values({
          ...{ pod_id: 1, cluster_id: clusters[0]!, other_cluster_id: clusters[1]!, bridge: 'cloudbr0', shared: 1 },
          ...{ from_host_id: 1, to_host_id: 3, seen: 'answered', checked: 1 },
        })
        .execute()
      const { host } = await server.call('findHostsForMigration', { virtualmachineid: vm })
      assert.deepEqual(
        host.map((one: Record<string, unknown>) => [one.id, one.suitableformigration]),
        [
          [name(0), true],
          [name(2), true],
        ],
      )
      const { host: found } = await server.call('findHostsForMigration', { virtualmachineid: vm, keyword: 'KVM3' })
      assert.equal(found.length, 1)
      await migrate({ autoselect: true })
      await assertAt(0)
      await migrate({ hostid: name(2) })
      await assertAt(2)
    })

    test('a virtual machine with VM snapshots stays, since they live in its disks', async () => {
      const row = await server.ctx.db
        .selectFrom('vm_instance')
        .selectAll()
        .where('uuid', '=', vm)
        .executeTakeFirstOrThrow()
      const { insertId } = await server.ctx.db
        .insertInto('vm_snapshots')
        .values({
          ...{ uuid: server.ctx.runtime.uuid(), name: 'before', display_name: 'before', vm_id: row.id },
          data_center_id: row.data_center_id,
          ...{ account_id: row.account_id, domain_id: row.domain_id, state: 'Ready', vm_snapshot_type: 'Disk' },
          ...{ service_offering_id: row.service_offering_id, current: 1, created: 1 },
        } as never)
        .executeTakeFirstOrThrow()
      await assert.rejects(migrate({ hostid: name(0) }), /VM snapshots/)
      await assertAt(2)
      await server.ctx.db.deleteFrom('vm_snapshots').where('id', '=', Number(insertId)).execute()
      await server.run('stopVirtualMachine', { id: vm, forced: true })
      await assert.rejects(migrate({ hostid: name(0) }), /migrateVolume/)
    })
  })
}
