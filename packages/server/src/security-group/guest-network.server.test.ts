import assert from 'node:assert/strict'
import { constants, createPrivateKey, privateDecrypt } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import type { SecurityGroup } from '@altostack/agent-api'
import { createModelHosts, type ModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { ApiCallError, startTestServer, type TestAccount, type TestServer } from '../testing/test-server.ts'

async function refused(call: Promise<unknown>, code: number, text: RegExp): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof ApiCallError, String(error))
    assert.equal(error.errorcode, code, error.message)
    assert.match(error.message, text)
    return true
  })
}
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE1heWJlVGhpc0lzQUtleU9mMzJCeXRlc0luQWxsISE me@here'

for (const kind of databaseKinds) {
  const skip = databaseMissing(kind)
  describe(`what guests get and may do on ${kind}`, skip === undefined ? {} : { skip }, () => {
    let server: TestServer
    let zone: ModelZone
    let model: ModelHosts
    let tenant: TestAccount

    before(async () => {
      server = await startTestServer({ database: kind })
      const { db, runtime } = server.ctx
      zone = await insertModelZone(db, runtime.uuid, { hosts: 2, networkType: 'Shared', networkAddresses: 20 })
      model = createModelHosts(zone.hosts.map((host) => host.id))
      Object.assign(server.ctx, { agents: model.agents })
      const offering = await db
        .selectFrom('network_offerings')
        .select('id')
        .where('name', '=', 'DefaultSharedNetworkOfferingWithSGService')
        .executeTakeFirstOrThrow()
      await db
        .updateTable('networks')
        .set({
          network_offering_id: offering.id,
          cidr: '10.9.0.0/24',
          gateway: '10.9.0.1',
          network_domain: 'cs.internal',
        })
        .where('uuid', '=', zone.network)
        .execute()
      const { id: networkId, data_center_id } = await db
        .selectFrom('networks')
        .select(['id', 'data_center_id'])
        .where('uuid', '=', zone.network)
        .executeTakeFirstOrThrow()
      for (let position = 10; position < 40; position++) {
        const public_ip_address = `10.9.0.${position}`
        const row = {
          uuid: runtime.uuid(),
          public_ip_address,
          vlan_db_id: 1,
          network_id: networkId,
          data_center_id,
          position,
        }
        await db.insertInto('user_ip_address').values(row).execute()
      }
      tenant = await server.addAccount('tenant', 'User')
    })
    after(async () => {
      await server.stop()
      await stopTestDatabases()
    })

    const deploy = (params: Record<string, string | boolean> = {}) =>
      server.run('deployVirtualMachine', {
        serviceofferingid: zone.offering,
        templateid: zone.template,
        zoneid: zone.zone,
        ...params,
      })
    /** Waits until a host is told of the group in a way that satisfies. */
    async function toldOf(uuid: string, satisfies: (group: SecurityGroup) => boolean): Promise<SecurityGroup> {
      for (let at = 0; at < 200; at++) {
        const groups = model.told.flatMap(({ wanted }) => wanted.groups.filter((one) => one.uuid === uuid))
        const newest = groups.at(-1)
        if (newest !== undefined && satisfies(newest)) return newest
        await server.ctx.runtime.sleep(50)
      }
      return assert.fail(`no host was told of ${uuid}: ${JSON.stringify(model.told.at(-1))}`)
    }

    test('key pairs: registered, made, listed, unique, deleted', async () => {
      const { keypair } = await server.call('registerSSHKeyPair', { name: 'mine', publickey: `${ed25519}\n` })
      assert.match(keypair.fingerprint, /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/)
      await refused(server.call('registerSSHKeyPair', { name: 'mine', publickey: ed25519 }), 431, /already/)
      await refused(server.call('registerSSHKeyPair', { name: 'other', publickey: ed25519 }), 431, /as mine already/)
      for (const publickey of [
        'x',
        'ssh-rsa AAAA',
        `ssh-rsa ${ed25519.split(' ')[1]}`,
        '-----BEGIN PRIVATE KEY-----',
      ]) {
        await refused(server.call('registerSSHKeyPair', { name: 'bad', publickey }), 431, /OpenSSH/)
      }
      const made = (await server.call('createSSHKeyPair', { name: 'made' })).keypair
      assert.match(made.privatekey, /^-----BEGIN RSA PRIVATE KEY-----/)
      const { sshkeypair } = await server.call('listSSHKeyPairs', {})
      assert.deepEqual(sshkeypair.map((one: { name: string }) => one.name).toSorted(), ['made', 'mine'])
      assert.equal((await server.call('listSSHKeyPairs', { fingerprint: keypair.fingerprint })).count, 1)
      assert.deepEqual(await server.call('listSSHKeyPairs', {}, tenant), {})
      await refused(server.call('deleteSSHKeyPair', { name: 'mine' }, tenant), 431, /does not exist/)
      await server.call('deleteSSHKeyPair', { name: 'made' })
      await refused(server.call('deleteSSHKeyPair', { name: 'made' }), 431, /does not exist/)
    })

    test('a network whose offering says so gives user data on a config drive; one without the service refuses them', async () => {
      const { db } = server.ctx
      const offered = (name: string) => db.selectFrom('network_offerings').select('id').where('name', '=', name)
      const { network_offering_id } = await db
        .selectFrom('networks')
        .select('network_offering_id')
        .where('uuid', '=', zone.network)
        .executeTakeFirstOrThrow()
      const use = async (id: number): Promise<void> =>
        void (await db
          .updateTable('networks')
          .set({ network_offering_id: id })
          .where('uuid', '=', zone.network)
          .execute())
      const offer = async (name: string): Promise<void> => use((await offered(name).executeTakeFirstOrThrow()).id)
      await offer('DefaultL2NetworkOffering')
      await refused(deploy({ userdata: base64('x') }), 431, /userdata needs a network with the service UserData/)
      await refused(deploy({ keypair: 'mine' }), 431, /keypair needs a network with the service UserData/)
      await offer('DefaultL2NetworkOfferingConfigDrive')
      const { virtualmachine: driven } = await deploy({ userdata: base64('#!/bin/sh') })
      assert.deepEqual(model.specs.get(driven.instancename)?.configDrive, { label: 'config-2' })
      assert.equal(model.specs.get(driven.instancename)?.guestData?.userData, base64('#!/bin/sh'))
      await use(network_offering_id)
      const { virtualmachine: plain } = await deploy({ userdata: base64('#!/bin/sh') })
      assert.equal(model.specs.get(plain.instancename)?.configDrive, undefined)
      for (const { id } of [driven, plain]) await server.run('destroyVirtualMachine', { id, expunge: true })
    })

    test('a guest is given host name, keys, user data and a password that only its owner can read', async () => {
      const { keypair } = await server.call('createSSHKeyPair', { name: 'rsa' })
      await server.ctx.db
        .updateTable('vm_template')
        .set({ enable_password: 1 })
        .where('uuid', '=', zone.template)
        .execute()
      const registered = await server.call('registerUserData', {
        name: 'hello',
        userdata: base64('#!/bin/sh\necho {{ who }} $who'),
        params: 'who',
      })
      const details = { userdataid: registered.userdata.id, 'userdatadetails[0].who': 'world' }
      await refused(deploy({ userdataid: registered.userdata.id }), 431, /no value for who/)
      await refused(deploy({ ...details, userdata: base64('x') }), 431, /together/)
      await refused(deploy({ keypair: 'nobody' }), 431, /nobody/)
      await refused(deploy({ password: 'with blank' }), 431, /printable/)
      const { virtualmachine: vm } = await deploy({
        name: 'guest1',
        keypairs: 'rsa,mine',
        password: 'S3cret!',
        ...details,
      })
      assert.equal(vm.password, 'S3cret!')
      assert.equal(vm.keypairs, 'rsa,mine')
      const { job_result: kept } = await server.ctx.db
        .selectFrom('async_job')
        .select('job_result')
        .where('instance_uuid', '=', vm.id)
        .executeTakeFirstOrThrow()
      assert.doesNotMatch(kept ?? '', /S3cret/, 'the row of the job does not tell it')
      const data = model.specs.get(vm.instancename)?.guestData
      assert.equal(data?.hostName, 'guest1')
      assert.equal(data?.publicKeys.length, 2)
      assert.equal(Buffer.from(data?.userData ?? '', 'base64').toString(), '#!/bin/sh\necho world world')
      assert.equal(data?.password, 'S3cret!')
      const { password } = await server.call('getVMPassword', { id: vm.id })
      const key = { key: createPrivateKey(keypair.privatekey), padding: constants.RSA_PKCS1_PADDING }
      assert.equal(privateDecrypt(key, Buffer.from(password.encryptedpassword, 'base64')).toString(), 'S3cret!')
      const shown = await server.call('getVirtualMachineUserData', { virtualmachineid: vm.id })
      assert.equal(shown.virtualmachineuserdata.userdata, data?.userData)

      await refused(server.run('resetPasswordForVirtualMachine', { id: vm.id }), 431, /Stopped/)
      await server.run('stopVirtualMachine', { id: vm.id })
      const reset = await server.run('resetPasswordForVirtualMachine', { id: vm.id })
      assert.match(reset.virtualmachine.password, /^[A-Za-z2-9]{12}$/)
      const again = await server.run('resetSSHKeyForVirtualMachine', { id: vm.id, keypair: 'mine' })
      assert.notEqual(again.virtualmachine.password, reset.virtualmachine.password)
      await server.call('updateVirtualMachine', { id: vm.id, userdata: base64('new') })
      await server.run('startVirtualMachine', { id: vm.id })
      const next = model.specs.get(vm.instancename)?.guestData
      assert.deepEqual(next?.publicKeys.length, 1)
      assert.equal(next?.password, again.virtualmachine.password)
      assert.equal(next?.userData, base64('new'))
      assert.ok((next?.version ?? 0) > (data?.version ?? 0))
      await refused(server.call('getVMPassword', { id: vm.id }), 431, /No password/)
      await server.run('destroyVirtualMachine', { id: vm.id, expunge: true })
    })

    test("a template's user data: given, appended to, not replaced; deleted only when unlinked", async () => {
      const { userdata } = await server.call('registerUserData', { name: 'base', userdata: base64('#!/bin/sh\ntrue') })
      await refused(server.call('registerUserData', { name: 'base', userdata: 'eA==' }), 431, /already/)
      await refused(
        server.call('registerUserData', { name: 'big', userdata: base64('x'.repeat(40_000)) }),
        431,
        /limit/,
      )
      const link = (over: Record<string, string>) =>
        server.call('linkUserDataToTemplate', { templateid: zone.template, ...over })
      await link({ userdataid: userdata.id, userdatapolicy: 'APPEND' })
      await refused(server.call('deleteUserData', { id: userdata.id }), 536, /linked/)
      const { virtualmachine: plain } = await deploy()
      assert.equal(model.specs.get(plain.instancename)?.guestData?.userData, base64('#!/bin/sh\ntrue'))
      const { virtualmachine: both } = await deploy({ userdata: base64('#cloud-config\n{}') })
      const text = Buffer.from(model.specs.get(both.instancename)?.guestData?.userData ?? '', 'base64').toString()
      assert.match(text, /multipart\/mixed.*text\/x-shellscript.*text\/cloud-config/s)
      await link({ userdataid: userdata.id, userdatapolicy: 'DENYOVERRIDE' })
      await refused(deploy({ userdata: base64('x') }), 431, /must not replace/)
      await link({})
      await server.call('deleteUserData', { id: userdata.id })
      assert.equal((await server.call('listUserData', {})).userdata.length, 1)
      for (const vm of [plain, both]) await server.run('destroyVirtualMachine', { id: vm.id, expunge: true })
    })

    test('security groups: rules by network and by group reach the hosts of their members', async () => {
      const { securitygroup: web } = await server.call('createSecurityGroup', { name: 'web', description: 'servers' })
      const { securitygroup: clients } = await server.call('createSecurityGroup', { name: 'clients' })
      await refused(server.call('createSecurityGroup', { name: 'web' }), 431, /already/)
      const { virtualmachine: vm } = await deploy({ name: 'w1', securitygroupids: web.id })
      const { virtualmachine: other } = await deploy({ name: 'c1', securitygroupnames: 'clients' })
      const { virtualmachine: lone } = await deploy({ name: 'd1' })
      assert.deepEqual(
        [vm, other, lone].map((one) => one.securitygroup[0].name),
        ['web', 'clients', 'default'],
      )
      assert.deepEqual(model.specs.get(vm.instancename)?.nics[0]?.securityGroups, [web.id])
      assert.deepEqual(model.specs.get(vm.instancename)?.securityGroups[0]?.ingress, [])
      const allow = (params: Record<string, string | number>) =>
        server.run('authorizeSecurityGroupIngress', { securitygroupid: web.id, ...params })
      const { securitygroup: one } = await allow({
        protocol: 'TCP',
        startport: 80,
        endport: 90,
        cidrlist: '10.0.0.5/8,192.0.2.1/32',
      })
      assert.deepEqual(
        one.ingressrule.map((rule: { cidr: string; startport: number }) => [rule.cidr, rule.startport]),
        [
          ['10.0.0.0/8', 80],
          ['192.0.2.1/32', 80],
        ],
      )
      await toldOf(web.id, (group) => group.ingress.length === 2)
      await allow({
        protocol: 'all',
        'usersecuritygrouplist[0].account': 'admin',
        'usersecuritygrouplist[0].group': 'clients',
      })
      const group = await toldOf(web.id, ({ ingress }) => ingress.length === 3)
      assert.deepEqual(group.ingress[2], { protocol: 'all', group: clients.id })
      const members = await toldOf(clients.id, (told) => (told.members[0]?.addresses.length ?? 0) === 1)
      assert.equal(members.members[0]?.addresses[0], other.nic[0].ipaddress)
      await allow({ protocol: 'icmp', icmptype: 8, icmpcode: 0, cidrlist: '0.0.0.0/0' })
      await allow({ protocol: '47', cidrlist: '0.0.0.0/0' })
      const full = await toldOf(web.id, ({ ingress }) => ingress.length === 5)
      assert.deepEqual(full.ingress.slice(3), [
        { protocol: 'icmp', icmpType: 8, icmpCode: 0, cidr: '0.0.0.0/0' },
        { protocol: 47, cidr: '0.0.0.0/0' },
      ])
      for (const [params, text] of [
        [{ protocol: 'tcp', cidrlist: '10.0.0.0/8' }, /startport is needed/],
        [{ protocol: 'tcp', startport: 9, endport: 8, cidrlist: '10.0.0.0/8' }, /behind/],
        [{ protocol: 'tcp', startport: 80, endport: 90, cidrlist: '10.0.0.0/8' }, /already/],
        [{ protocol: 'sctpx', cidrlist: '10.0.0.0/8' }, /protocol/],
        [{ protocol: 'tcp', startport: 1, cidrlist: '10.0.0.0' }, /CIDR/],
        [{ protocol: 'tcp', startport: 1, cidrlist: '::/0' }, /IPv6/],
        [{ protocol: 'tcp', startport: 1 }, /who is meant/],
        [{ protocol: 'all', startport: 1, cidrlist: '10.0.0.0/8' }, /does not go with/],
        [
          {
            protocol: 'tcp',
            startport: 1,
            'usersecuritygrouplist[0].account': 'admin',
            'usersecuritygrouplist[0].group': 'x',
          },
          /no security group x/,
        ],
      ] as const) {
        await refused(allow(params as never), 431, text)
      }
      await server.run('authorizeSecurityGroupEgress', {
        securitygroupname: 'web',
        protocol: 'udp',
        startport: 53,
        cidrlist: '0.0.0.0/0',
      })
      await toldOf(web.id, ({ egress }) => egress.length === 1)
      const [listed] = (await server.call('listSecurityGroups', { virtualmachineid: vm.id })).securitygroup
      assert.equal(listed.egressrule.length, 1)
      assert.equal(listed.virtualmachinecount, 1)
      await refused(server.run('revokeSecurityGroupIngress', { id: listed.egressrule[0].ruleid }), 431, /egress rule/)
      await refused(server.run('revokeSecurityGroupEgress', { id: listed.egressrule[0].ruleid }, tenant), 531, /./)
      for (const rule of listed.ingressrule) await server.run('revokeSecurityGroupIngress', { id: rule.ruleid })
      await toldOf(web.id, ({ ingress }) => ingress.length === 0)

      await refused(server.call('deleteSecurityGroup', { id: web.id }), 536, /used by virtual machine/)
      await refused(server.call('updateVirtualMachine', { id: vm.id, securitygroupids: clients.id }), 431, /Stopped/)
      await server.run('stopVirtualMachine', { id: vm.id })
      await server.call('updateVirtualMachine', { id: vm.id, securitygroupids: clients.id })
      await server.run('startVirtualMachine', { id: vm.id })
      assert.deepEqual(model.specs.get(vm.instancename)?.nics[0]?.securityGroups, [clients.id])
      await toldOf(clients.id, (told) => told.members[0]?.addresses.length === 2)
      await server.call('updateSecurityGroup', { id: web.id, name: 'unused' })
      await server.call('deleteSecurityGroup', { name: 'unused' })
      await refused(server.call('deleteSecurityGroup', { name: 'default' }), 431, /stays/)
      await server.run('destroyVirtualMachine', { id: other.id, expunge: true })
      await toldOf(clients.id, (told) => told.members[0]?.addresses.length === 1)
      for (const left of [vm, lone]) await server.run('destroyVirtualMachine', { id: left.id, expunge: true })
    })

    test("groups are their account's: another tenant neither sees nor uses them", async () => {
      const { securitygroup: ours } = await server.call('createSecurityGroup', { name: 'ours' })
      assert.deepEqual(await server.call('listSecurityGroups', {}, tenant), {})
      await refused(server.call('listSecurityGroups', { id: ours.id }, tenant), 531, /./)
      await refused(server.call('deleteSecurityGroup', { id: ours.id }, tenant), 531, /./)
      const { securitygroup: theirs } = await server.call('createSecurityGroup', { name: 'ours' }, tenant)
      await refused(deploy({ securitygroupids: theirs.id }), 531, /another account/)
    })
  })
}
