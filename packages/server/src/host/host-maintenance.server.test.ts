import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { claimsOfVms, recordedClaims, wrongClaims } from '../capacity/index.ts'
import { createModelHosts, type ModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { ApiCallError, startTestServer, type TestServer } from '../testing/test-server.ts'

describe('maintenance of hosts', () => {
  after(stopTestDatabases)

  for (const database of databaseKinds) {
    describe(`maintenance of hosts on ${database}`, { skip: databaseMissing(database) ?? false }, () => {
      let server: TestServer
      let zone: ModelZone
      let model: ModelHosts
      const [first, second, third] = [0, 1, 2]

      before(async () => {
        server = await startTestServer({ database })
        zone = await insertModelZone(server.ctx.db, server.ctx.runtime.uuid, { hosts: 3 })
        model = createModelHosts(zone.hosts.map((host) => host.id))
        Object.assign(server.ctx, { agents: model.agents })
      })
      after(async () => await server.stop())

      const host = (index: number) => zone.hosts[index] as ModelZone['hosts'][number]
      async function deploy(index: number, name: string): Promise<string> {
        const { virtualmachine } = await server.run('deployVirtualMachine', {
          serviceofferingid: zone.offering,
          templateid: zone.template,
          zoneid: zone.zone,
          hostid: host(index).uuid,
          name,
        })
        assert.equal(virtualmachine.hostid, host(index).uuid)
        return virtualmachine.id
      }
      async function guestsOf(index: number): Promise<string[]> {
        const { virtualmachine = [] } = await server.call('listVirtualMachines', { hostid: host(index).uuid })
        return virtualmachine.map((vm: { name: string }) => vm.name).sort()
      }
      async function resourceState(index: number): Promise<string> {
        return (await server.call('listHosts', { id: host(index).uuid })).host[0].resourcestate
      }
      async function removeAll(): Promise<void> {
        const { virtualmachine = [] } = await server.call('listVirtualMachines', {})
        for (const { id } of virtualmachine) await server.run('destroyVirtualMachine', { id, expunge: true })
        const { db } = server.ctx
        assert.deepEqual(wrongClaims(await recordedClaims(db), await claimsOfVms(db)), [])
        assert.deepEqual(await db.selectFrom('host_evacuation_move').selectAll().execute(), [])
      }
      async function refused(command: string, index: number): Promise<ApiCallError> {
        return await server.run(command, { id: host(index).uuid }).then(
          () => assert.fail(`${command} was not refused`),
          (error: unknown) => {
            assert.ok(error instanceof ApiCallError, String(error))
            return error
          },
        )
      }

      test('dryrun shows each move and changes nothing; then all guests move and none stops', async () => {
        for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']) await deploy(first, name)
        const id = host(first).uuid
        const { dryrun } = await server.call('prepareHostForMaintenance', { id, dryrun: true })
        assert.equal(dryrun.ok, true)
        assert.equal(dryrun.moves.length, 6)
        for (const move of dryrun.moves) assert.ok([host(second).uuid, host(third).uuid].includes(move.host))
        assert.equal(await resourceState(first), 'Enabled')

        model.calls.length = 0
        const done = await server.run('prepareHostForMaintenance', { id })
        assert.equal(done.host.resourcestate, 'Maintenance')
        assert.deepEqual(await guestsOf(first), [])
        assert.equal((await guestsOf(second)).length + (await guestsOf(third)).length, 6)
        assert.equal(model.calls.filter((call) => call.startsWith('vm.stop')).length, 0)

        await assert.rejects(deploy(first, 'late'), /Maintenance/)
        assert.equal((await refused('prepareHostForMaintenance', first)).errorcode, 431)
        const back = await server.run('cancelHostMaintenance', { id })
        assert.equal(back.host.resourcestate, 'Enabled')
        assert.deepEqual(await guestsOf(first), [], 'nothing moves back by itself')
        assert.equal((await refused('cancelHostMaintenance', first)).errorcode, 431)
        await removeAll()
      })

      test('two hosts at once: all guests end on the third', async () => {
        for (const name of ['b1', 'b2']) await deploy(first, name)
        for (const name of ['b3', 'b4']) await deploy(second, name)
        const both = [first, second].map((index) => server.run('prepareHostForMaintenance', { id: host(index).uuid }))
        for (const { host: done } of await Promise.all(both)) assert.equal(done.resourcestate, 'Maintenance')
        assert.deepEqual(await guestsOf(third), ['b1', 'b2', 'b3', 'b4'])
        const third_ = await refused('prepareHostForMaintenance', third)
        assert.equal(third_.errorcode, 533)
        assert.match(third_.message, /4 of 4 .* nowhere to go/)
        const { dryrun } = await server.call('prepareHostForMaintenance', { id: host(third).uuid, dryrun: true })
        assert.equal(dryrun.ok, false)
        assert.equal(dryrun.refusals.length, 4)
        assert.match(dryrun.refusals[0].seen, /kvm1 has resource state Maintenance/)
        assert.equal(await resourceState(third), 'Enabled')
        for (const index of [first, second]) await server.run('cancelHostMaintenance', { id: host(index).uuid })
        await removeAll()
      })

      test('a guest that cannot be moved runs on; the job names it and the host is ErrorInMaintenance', async () => {
        await deploy(first, 'c1')
        model.trouble({ method: 'vm.migration.check', how: 'refuse', times: 6 })
        const stuck = await refused('prepareHostForMaintenance', first)
        assert.equal(stuck.errorcode, 530)
        assert.match(stuck.message, /1 virtual machine\(s\) could not be moved off host kvm1: c1: /)
        assert.equal(await resourceState(first), 'ErrorInMaintenance')
        assert.deepEqual(await guestsOf(first), ['c1'])
        const again = await server.run('prepareHostForMaintenance', { id: host(first).uuid })
        assert.equal(again.host.resourcestate, 'Maintenance')
        await server.run('cancelHostMaintenance', { id: host(first).uuid })
        await removeAll()
      })

      test('cancelled while guests move: the host is Enabled at once, its job ends, guests run', async () => {
        await deploy(first, 'd1')
        // What earlier tests have asked for is not this migration.
        model.calls.length = 0
        model.holdMigration()
        const { jobid } = await server.call('prepareHostForMaintenance', { id: host(first).uuid })
        const ends = server.ctx.runtime.monotonic() + 8000
        while (!model.calls.some((call) => call === `vm.migration.start@${host(first).id}`)) {
          assert.ok(server.ctx.runtime.monotonic() < ends, 'the migration never began')
          await server.ctx.runtime.sleep(20)
        }
        assert.equal(await resourceState(first), 'PrepareForMaintenance')
        const { host: back } = await server.run('cancelHostMaintenance', { id: host(first).uuid })
        assert.equal(back.resourcestate, 'Enabled')
        const job = await server.call('queryAsyncJobResult', { jobid, wait: 10 })
        assert.equal(job.jobstatus, 2)
        assert.equal(await resourceState(first), 'Enabled')
        const { asyncjobs = [] } = await server.call('listAsyncJobs', { jobstatus: 0 })
        assert.deepEqual(asyncjobs, [])
        // What is under way ends as it ends; here it is ended by its own cancel.
        await model.agents.call(host(first).id, 'vm.migration.abort', {} as never)
        while ((await server.ctx.db.selectFrom('workflow_lock').selectAll().execute()).length > 0) {
          await server.ctx.runtime.sleep(20)
        }
        assert.deepEqual(await guestsOf(first), ['d1'])
        model.calls.length = 0
        await removeAll()
      })

      test('guests with local disks are refused by name, or stopped where the setting says so', async () => {
        await deploy(first, 'e1')
        const { db } = server.ctx
        const scope = (scope: string, host_id: number | null) =>
          db.updateTable('storage_pool').set({ scope, host_id }).where('id', '=', zone.pool.id).execute()
        await scope('HOST', host(first).id)
        const local = await refused('prepareHostForMaintenance', first)
        assert.equal(local.errorcode, 536)
        assert.match(local.message, /local storage/)
        const name = 'host.maintenance.local.storage.strategy'
        await server.call('updateConfiguration', { name, value: 'ForceStop' })
        const { dryrun } = await server.call('prepareHostForMaintenance', { id: host(first).uuid, dryrun: true })
        assert.deepEqual(
          dryrun.moves.map((move: { name: string; to: string }) => [move.name, move.to]),
          [['e1', 'Stopped']],
        )
        const { host: done } = await server.run('prepareHostForMaintenance', { id: host(first).uuid })
        assert.equal(done.resourcestate, 'Maintenance')
        await server.call('updateConfiguration', { name, value: 'Error' })
        await scope('CLUSTER', null)
        await server.run('cancelHostMaintenance', { id: host(first).uuid })
        await removeAll()
      })

      test('degraded: only a host that is silent, and back', async () => {
        const id = host(second).uuid
        assert.equal((await refused('declareHostAsDegraded', second)).errorcode, 431)
        await server.ctx.db.updateTable('host').set({ status: 'Alert' }).where('id', '=', host(second).id).execute()
        assert.equal((await server.run('declareHostAsDegraded', { id })).host.resourcestate, 'Degraded')
        assert.equal((await refused('declareHostAsDegraded', second)).errorcode, 431)
        assert.equal((await server.run('cancelHostAsDegraded', { id })).host.resourcestate, 'Enabled')
        assert.equal((await refused('cancelHostAsDegraded', second)).errorcode, 431)
        await server.ctx.db.updateTable('host').set({ status: 'Down' }).where('id', '=', host(second).id).execute()
        await server.call('updateConfiguration', { name: 'set.host.down.to.maintenance', value: 'true' })
        assert.equal((await server.run('prepareHostForMaintenance', { id })).host.resourcestate, 'Maintenance')
        await server.call('updateConfiguration', { name: 'set.host.down.to.maintenance', value: 'false' })
        await server.run('cancelHostMaintenance', { id })
        await server.ctx.db.updateTable('host').set({ status: 'Up' }).where('id', '=', host(second).id).execute()
      })
    })
  }
})
