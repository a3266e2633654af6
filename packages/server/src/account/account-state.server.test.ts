import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { claimsOfVms, recordedClaims, wrongClaims } from '../capacity/index.ts'
import { createModelHosts, type ModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { ApiCallError, type Body, startTestServer, type TestAccount, type TestServer } from '../testing/test-server.ts'

describe('accounts and their states', () => {
  after(stopTestDatabases)

  const refused = (code: number, pattern: RegExp) => (error: unknown) => {
    assert.ok(error instanceof ApiCallError)
    assert.equal(error.errorcode, code, error.message)
    assert.match(error.message, pattern)
    return true
  }

  for (const kind of databaseKinds)
    describe(`what administrators do to accounts on ${kind}`, { skip: databaseMissing(kind) ?? false }, () => {
      let server: TestServer
      let zone: ModelZone
      let model: ModelHosts
      let domain: { id: number; uuid: string }
      let chief: TestAccount
      let tenant: TestAccount
      let vm: Body
      before(async () => {
        server = await startTestServer({ database: kind })
        zone = await insertModelZone(server.ctx.db, server.ctx.runtime.uuid, { hosts: 1 })
        model = createModelHosts(zone.hosts.map((host) => host.id))
        Object.assign(server.ctx, { agents: model.agents })
        domain = await server.addDomain('tenants')
        chief = await server.addAccount('chief', 'DomainAdmin', domain.id)
        tenant = await server.addAccount('tenant', 'User', domain.id)
        const deployed = await server.run('deployVirtualMachine', { ...size(), name: 'w1', group: 'web' }, tenant)
        vm = (await server.call('listVirtualMachines', { id: deployed.virtualmachine.id })).virtualmachine[0]
      })
      after(async () => {
        await server.stop()
      })
      const size = () => ({ serviceofferingid: zone.offering, templateid: zone.template, zoneid: zone.zone })

      test('a locked account is shut out while its machines run; a disabled one has them stopped', async () => {
        const named = { account: 'tenant', domainid: domain.uuid }
        assert.equal((await server.call('lockAccount', named, chief)).account.state, 'locked')
        await assert.rejects(server.call('listZones', {}, tenant), refused(401, /./))
        assert.equal(model.running(vm.instancename).length, 1)
        assert.equal((await server.call('enableAccount', { id: tenant.accountUuid }, chief)).account.state, 'enabled')
        assert.equal((await server.call('listVirtualMachines', {}, tenant)).count, 1)
        const locked = await server.run('disableAccount', { ...named, lock: true }, chief)
        assert.equal(locked.account.state, 'locked')
        assert.equal(model.running(vm.instancename).length, 1)
        const disabled = await server.run('disableAccount', { id: tenant.accountUuid, lock: false }, chief)
        assert.equal(disabled.account.state, 'disabled')
        assert.deepEqual([disabled.account.vmrunning, disabled.account.vmstopped], [0, 1])
        assert.deepEqual(model.running(vm.instancename), [])
        await assert.rejects(server.call('lockAccount', named, chief), refused(431, /disabled/))
        const deploy = server.run('deployVirtualMachine', { ...size(), ...named }, chief)
        await assert.rejects(deploy, refused(531, /disabled/))
        await server.call('enableAccount', named, chief)
        assert.equal((await server.call('listVirtualMachines', {}, tenant)).virtualmachine[0].state, 'Stopped')
      })

      test('nobody shuts out himself, the built-in or those of others', async () => {
        const own = server.run('disableAccount', { id: chief.accountUuid, lock: false }, chief)
        await assert.rejects(own, refused(531, /his own account/))
        const root = server.run('disableAccount', { id: server.admin.accountUuid, lock: false })
        await assert.rejects(root, refused(431, /built in/))
        const upward = server.run('disableAccount', { id: server.admin.accountUuid, lock: false }, chief)
        await assert.rejects(upward, refused(531, /./))
        await assert.rejects(server.call('enableAccount', {}), refused(431, /give id/))
        await assert.rejects(server.call('enableAccount', { id: tenant.accountUuid }, tenant), refused(401, /./))
      })

      test('users are disabled, locked and enabled; their sessions end', async () => {
        const { user } = await server.call('createUser', {
          account: 'tenant',
          domainid: domain.uuid,
          username: 'second',
          password: 'right one',
          email: 'a@b.c',
          firstname: 'A',
          lastname: 'B',
        })
        const login = (password = 'right one') =>
          server.call('login', { username: 'second', password, domain: '/tenants' }, null)
        await login()
        assert.equal((await server.call('lockUser', { id: user.id }, chief)).user.state, 'locked')
        await assert.rejects(login(), refused(531, /authenticate/))
        assert.deepEqual(await server.ctx.db.selectFrom('user_session').selectAll().execute(), [])
        assert.equal((await server.run('disableUser', { id: user.id }, chief)).user.state, 'disabled')
        await assert.rejects(server.call('lockUser', { id: user.id }, chief), refused(431, /disabled/))
        await server.call('enableUser', { id: user.id }, chief)
        await login()
        await server.call('updateConfiguration', { name: 'incorrect.login.attempts.allowed', value: 2 })
        for (let tries = 0; tries < 2; tries++) await assert.rejects(login('wrong'), refused(531, /authenticate/))
        await assert.rejects(login(), refused(531, /authenticate/))
        await server.call('enableUser', { id: user.id }, chief)
        await login()
        await assert.rejects(server.run('disableUser', { id: chief.userUuid }, chief), refused(531, /himself/))
      })

      test('limits are set for accounts and domains, and hold', async () => {
        const named = { account: 'tenant', domainid: domain.uuid }
        const listed = async (params: Record<string, string | number>, as = server.admin) =>
          (await server.call('listResourceLimits', params, as)).resourcelimit
        assert.equal((await listed(named)).length, 12)
        const { resourcelimit } = await server.call('updateResourceLimit', { ...named, resourcetype: 0, max: 1 }, chief)
        assert.deepEqual(
          [resourcelimit.resourcetype, resourcelimit.resourcetypename, resourcelimit.max, resourcelimit.account],
          ['0', 'user_vm', 1, 'tenant'],
        )
        assert.equal((await listed({ resourcetype: 0 }, tenant))[0].max, 1, "the caller's own")
        assert.equal((await listed({ ...named, resourcetypename: 'user_vm' }))[0].max, 1)
        const second = server.run('deployVirtualMachine', { ...size(), startvm: false }, tenant)
        await assert.rejects(second, refused(532, /limit 1/))
        await server.call('updateResourceLimit', { ...named, resourcetype: 0, max: -1 })
        assert.equal((await listed({ ...named, resourcetype: 0 }))[0].max, -1)

        const below = await server.addDomain('below', domain.id)
        await server.call('updateResourceLimit', { domainid: domain.uuid, resourcetype: 2, max: 5 })
        const over = server.call('updateResourceLimit', { domainid: below.uuid, resourcetype: 2, max: 6 }, chief)
        await assert.rejects(over, refused(431, /maximum of 5/))
        await server.call('updateResourceLimit', { domainid: below.uuid, resourcetype: 2, max: 4 }, chief)
        assert.equal((await listed({ domainid: below.uuid, resourcetype: 2 }))[0].max, 4)
        const own = server.call('updateResourceLimit', { domainid: domain.uuid, resourcetype: 2, max: 9 }, chief)
        await assert.rejects(own, refused(531, /his own/))
        const mine = { account: 'chief', domainid: domain.uuid, resourcetype: 2, max: 9 }
        await assert.rejects(server.call('updateResourceLimit', mine, chief), refused(531, /his own/))
        const root = server.call('updateResourceLimit', {
          account: 'admin',
          domainid: await rootId(),
          resourcetype: 0,
          max: 9,
        })
        await assert.rejects(root, refused(431, /Only -1/))
        await assert.rejects(server.call('updateResourceLimit', { resourcetype: 0, max: 1 }), refused(431, /domainid/))
        await assert.rejects(
          server.call('updateResourceLimit', { ...named, resourcetype: 12, max: 1 }),
          refused(431, /./),
        )
        await assert.rejects(
          server.call('updateResourceLimit', { ...named, resourcetype: 0, max: -2 }),
          refused(431, /./),
        )
        await assert.rejects(listed({ domainid: domain.uuid }, tenant), refused(531, /./))
      })
      const rootId = async (): Promise<string> => (await server.call('listDomains', { name: 'ROOT' })).domain[0].id

      test('a stopped machine gets another offering, which counts from its next start', async () => {
        const { db } = server.ctx
        const { serviceoffering: large } = await server.call('createServiceOffering', {
          name: 'large',
          displaytext: 'large',
          cpunumber: 2,
          cpuspeed: 600,
          memory: 1024,
        })
        const { serviceoffering: open } = await server.call('createServiceOffering', {
          name: 'open',
          displaytext: 'open',
          customized: true,
          maxcpunumber: 2,
        })
        await server.run('startVirtualMachine', { id: vm.id }, tenant)
        const change = (params: Record<string, string | number>) =>
          server.call('changeServiceForVirtualMachine', { id: vm.id, ...params }, tenant)
        await assert.rejects(change({ serviceofferingid: large.id }), refused(431, /Stopped/))
        await server.run('stopVirtualMachine', { id: vm.id }, tenant)
        const { virtualmachine: changed } = await change({ serviceofferingid: large.id })
        assert.deepEqual(
          [changed.cpunumber, changed.cpuspeed, changed.memory, changed.serviceofferingname],
          [2, 600, 1024, 'large'],
        )
        assert.deepEqual(wrongClaims(await recordedClaims(db), await claimsOfVms(db)), [])
        await assert.rejects(change({ serviceofferingid: open.id }), refused(431, /cpuNumber/))
        const wish = { 'details[0].cpuNumber': 3, 'details[0].cpuSpeed': 700, 'details[0].memory': 640 }
        await assert.rejects(change({ serviceofferingid: open.id, ...wish }), refused(431, /allows/))
        const chosen = { serviceofferingid: open.id, ...wish, 'details[0].cpuNumber': 1 }
        const { virtualmachine: scaled } = await server.run('scaleVirtualMachine', { id: vm.id, ...chosen }, tenant)
        assert.deepEqual([scaled.cpunumber, scaled.cpuspeed, scaled.memory], [1, 700, 640])
        assert.equal(scaled.details.memory, '640')
        const back = await change({ serviceofferingid: large.id })
        assert.equal(back.virtualmachine.details?.memory, undefined, 'what the offering fixes is no detail')
        await server.call('updateResourceLimit', { account: 'tenant', domainid: domain.uuid, resourcetype: 8, max: 2 })
        const { serviceoffering: huge } = await server.call('createServiceOffering', {
          name: 'huge',
          displaytext: 'huge',
          cpunumber: 3,
          cpuspeed: 100,
          memory: 64,
        })
        await assert.rejects(change({ serviceofferingid: huge.id }), refused(532, /cores/))
        await server.run('startVirtualMachine', { id: vm.id }, tenant)
        assert.deepEqual(wrongClaims(await recordedClaims(db), await claimsOfVms(db)), [])

        const update = { id: huge.id, name: 'vast', displaytext: 'Vast', hosttags: 'gold', state: 'Inactive' }
        const { serviceoffering: vast } = await server.call('updateServiceOffering', update)
        assert.deepEqual([vast.name, vast.displaytext, vast.hosttags, vast.state], ['vast', 'Vast', 'gold', 'Inactive'])
        await assert.rejects(
          server.call('updateServiceOffering', { id: large.id, storagetags: 'ssd' }),
          refused(431, /lacks tag ssd/),
        )
        await server.call('updateServiceOffering', { id: vast.id, domainid: domain.uuid, zoneid: zone.zone })
        await server.call('deleteServiceOffering', { id: large.id })
        assert.deepEqual(await server.call('listServiceOfferings', { name: 'large' }), {})
        await server.run('stopVirtualMachine', { id: vm.id }, tenant)
        const restarted = await server.run('startVirtualMachine', { id: vm.id }, tenant)
        assert.equal(restarted.virtualmachine.cpunumber, 2, 'a machine keeps an offering that is deleted')
      })

      test('groups of machines, and machines by group, key, security group and user data', async () => {
        const { instancegroup } = await server.call('listInstanceGroups', {}, tenant)
        assert.deepEqual(
          instancegroup.map((one: Body) => one.name),
          ['web'],
          'made by the deploy',
        )
        const find = async (params: Record<string, string>, as = tenant) =>
          (await server.call('listVirtualMachines', params, as)).virtualmachine?.map((one: Body) => one.name) ?? []
        assert.deepEqual(await find({ groupid: instancegroup[0].id }), ['w1'])
        const { instancegroup: empty } = await server.call('createInstanceGroup', { name: 'db' }, tenant)
        await assert.rejects(server.call('createInstanceGroup', { name: 'db' }, tenant), refused(431, /db already/))
        assert.deepEqual(await find({ groupid: empty.id }), [])
        await server.call('updateInstanceGroup', { id: instancegroup[0].id, name: 'front' }, tenant)
        assert.equal((await server.call('listVirtualMachines', { id: vm.id }, tenant)).virtualmachine[0].group, 'front')
        const taken = server.call('updateInstanceGroup', { id: instancegroup[0].id, name: 'db' }, tenant)
        await assert.rejects(taken, refused(431, /db already/))
        await server.call('deleteInstanceGroup', { id: instancegroup[0].id }, tenant)
        assert.equal(
          (await server.call('listVirtualMachines', { id: vm.id }, tenant)).virtualmachine[0].group,
          undefined,
        )

        await server.run('stopVirtualMachine', { id: vm.id }, tenant)
        for (const name of ['k%y', 'kxy', 'key2']) await server.call('createSSHKeyPair', { name }, tenant)
        await server.run('resetSSHKeyForVirtualMachine', { id: vm.id, keypairs: 'key2,k%y' }, tenant)
        const { virtualmachine } = await server.call('listVirtualMachines', { id: vm.id }, tenant)
        assert.deepEqual([virtualmachine[0].keypair, virtualmachine[0].keypairs], ['key2', 'key2,k%y'])
        assert.deepEqual(await find({ keypair: 'k%y' }), ['w1'])
        assert.deepEqual(await find({ keypair: 'kxy' }), [])
        assert.deepEqual(await find({ keypair: 'key' }), [])
        const encoded = Buffer.from('#!/bin/sh\n').toString('base64')
        const { userdata } = await server.call('registerUserData', { name: 'u', userdata: encoded }, tenant)
        assert.deepEqual(await find({ userdataid: userdata.id }), [])
        await server.call('resetUserDataForVirtualMachine', { id: vm.id, userdataid: userdata.id }, tenant)
        assert.deepEqual(await find({ userdataid: userdata.id }), ['w1'])
        const { virtualmachineuserdata } = await server.call(
          'getVirtualMachineUserData',
          { virtualmachineid: vm.id },
          tenant,
        )
        assert.equal(virtualmachineuserdata.userdata, encoded)
        const { securitygroup: group } = await server.call('createSecurityGroup', { name: 'web' }, tenant)
        assert.deepEqual(await find({ securitygroupid: group.id }), [])
        const { db } = server.ctx
        const row = await db
          .selectFrom('security_group')
          .select('id')
          .where('uuid', '=', group.id)
          .executeTakeFirstOrThrow()
        const member = await db
          .selectFrom('vm_instance')
          .select('id')
          .where('uuid', '=', vm.id)
          .executeTakeFirstOrThrow()
        await db
          .insertInto('security_group_vm_map')
          .values({ security_group_id: row.id, instance_id: member.id })
          .execute()
        assert.deepEqual(await find({ securitygroupid: group.id }), ['w1'])
        await server.run('startVirtualMachine', { id: vm.id }, tenant)
        const late = server.call('resetUserDataForVirtualMachine', { id: vm.id, userdata: encoded }, tenant)
        await assert.rejects(late, refused(431, /Stopped/))
      })
    })
})
