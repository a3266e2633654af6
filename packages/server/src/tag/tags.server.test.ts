import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { ApiCallError, type Body, startTestServer, type TestAccount, type TestServer } from '../testing/test-server.ts'
import { pruneTagsDuty } from './prune-tags.duty.ts'

describe('tags', () => {
  after(stopTestDatabases)

  const pairs = (tags: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(tags).flatMap(([key, value], at) => [
        [`tags[${at}].key`, key],
        [`tags[${at}].value`, value],
      ]),
    )
  const shown = (object: Body): Record<string, string> =>
    Object.fromEntries((object.tags ?? []).map((tag: Body) => [tag.key, tag.value]))

  for (const kind of databaseKinds)
    describe(`tags on ${kind}`, { skip: databaseMissing(kind) ?? false }, () => {
      let server: TestServer
      let zone: ModelZone
      let tenant: TestAccount
      let stranger: TestAccount
      let vm: Body
      before(async () => {
        server = await startTestServer({ database: kind })
        zone = await insertModelZone(server.ctx.db, server.ctx.runtime.uuid, { hosts: 1 })
        Object.assign(server.ctx, {
          agents: createModelHosts(
            zone.hosts.map((host) => host.id),
            { dataDir: server.kept.dataDir },
          ).agents,
        })
        tenant = await server.addAccount('tenant', 'User', (await server.addDomain('tenants')).id)
        stranger = await server.addAccount('stranger', 'User', (await server.addDomain('others')).id)
        const wish = { serviceofferingid: zone.offering, templateid: zone.template, zoneid: zone.zone }
        vm = (await server.run('deployVirtualMachine', wish, tenant)).virtualmachine
      })
      after(async () => {
        await server.stop()
      })
      const tag = (type: string, id: string, tags: Readonly<Record<string, string>>, as = tenant) =>
        server.run('createTags', { resourcetype: type, resourceids: id, ...pairs(tags) }, as)
      const refused = (code: number, pattern: RegExp) => (error: unknown) => {
        assert.ok(error instanceof ApiCallError)
        assert.equal(error.errorcode, code, error.message)
        assert.match(error.message, pattern)
        return true
      }

      test('every kind carries them: shown by its list, found by it, and by listTags', async () => {
        const { volume } = await server.call('listVolumes', { virtualmachineid: vm.id }, tenant)
        const { securitygroup: group } = await server.call('createSecurityGroup', { name: 'web' }, tenant)
        const { snapshotpolicy: policy } = await server.call(
          'createSnapshotPolicy',
          {
            volumeid: volume[0].id,
            intervaltype: 'DAILY',
            schedule: '00:01',
            timezone: 'UTC',
            maxsnaps: 2,
            ...pairs({ born: 'tagged' }),
          },
          tenant,
        )
        assert.deepEqual(shown(policy), { born: 'tagged' })
        const { db } = server.ctx
        const owner = { account_id: tenant.accountId, domain_id: tenant.domainId }
        await db.updateTable('vm_template').set(owner).where('uuid', '=', zone.template).execute()
        await db.updateTable('networks').set(owner).where('uuid', '=', zone.network).execute()
        const kinds: readonly [type: string, list: string, key: string, id: string, params: Record<string, string>][] =
          [
            ['UserVm', 'listVirtualMachines', 'virtualmachine', vm.id, {}],
            ['volume', 'listVolumes', 'volume', volume[0].id, {}],
            ['SecurityGroup', 'listSecurityGroups', 'securitygroup', group.id, {}],
            ['Template', 'listTemplates', 'template', zone.template, { templatefilter: 'self' }],
            ['Network', 'listNetworks', 'network', zone.network, {}],
          ]
        for (const [type, list, key, id, params] of kinds) {
          await tag(type, id, { tier: 'front', 'a key': `ünï ${type}` })
          const found = await server.call(list, { ...params, ...pairs({ tier: 'front' }) }, tenant)
          assert.equal(found.count, 1, list)
          assert.equal(found[key][0].id, id)
          assert.deepEqual(shown(found[key][0]), { tier: 'front', 'a key': `ünï ${type}` }, list)
          assert.deepEqual(await server.call(list, { ...params, ...pairs({ tier: 'back' }) }, tenant), {}, list)
          const either = await server.call(
            list,
            { ...params, ...pairs({ tier: 'back', 'a key': `ünï ${type}` }) },
            tenant,
          )
          assert.equal(either.count, 1, `${list}: one of several is enough`)
          const { tag: listed } = await server.call('listTags', { resourceid: id, key: 'tier' }, tenant)
          assert.equal(listed.length, 1)
          assert.equal(listed[0].account, 'tenant')
        }
        assert.equal((await server.call('listTags', { resourcetype: 'uservm' }, tenant)).tag[0].resourcetype, 'UserVm')
        assert.equal((await server.call('listTags', { keyword: 'ünï vol' }, tenant)).count, 1)
        await tag('SnapshotPolicy', policy.id, { tier: 'front' })
        const { snapshotpolicy: policies } = await server.call(
          'listSnapshotPolicies',
          { volumeid: volume[0].id },
          tenant,
        )
        assert.deepEqual(shown(policies[0]), { born: 'tagged', tier: 'front' })
        const { snapshot } = await server.run(
          'createSnapshot',
          { volumeid: volume[0].id, ...pairs({ why: 'test' }) },
          tenant,
        )
        assert.deepEqual(shown(snapshot), { why: 'test' })
        assert.equal((await server.call('listSnapshots', pairs({ why: 'test' }), tenant)).count, 1)
        const { vmsnapshot } = await server.run('createVMSnapshot', { virtualmachineid: vm.id, name: 's' }, tenant)
        await tag('VMSnapshot', vmsnapshot.id, { why: 'test' })
        const { vmSnapshot } = await server.call('listVMSnapshot', pairs({ why: 'test' }), tenant)
        assert.deepEqual(shown(vmSnapshot[0]), { why: 'test' })
      })

      test('the same again is nothing new; another value is refused until the old one is taken away', async () => {
        await tag('UserVm', vm.id, { env: 'test' })
        await tag('UserVm', vm.id, { env: 'test' })
        const again = tag('UserVm', vm.id, { env: 'prod', other: 'x' })
        await assert.rejects(again, refused(431, /tag env already on UserVm/))
        assert.equal(
          (await server.call('listTags', { resourceid: vm.id, key: 'other' }, tenant)).count,
          undefined,
          'all or none',
        )
        const drop = (tags: Record<string, string>) =>
          server.run('deleteTags', { resourcetype: 'UserVm', resourceids: vm.id, ...tags }, tenant)
        await assert.rejects(drop(pairs({ env: 'prod' })), refused(431, /Unable to find any tags/))
        await drop({ 'tags[0].key': 'env' })
        await tag('UserVm', vm.id, { env: 'prod' })
        await drop(pairs({ env: 'prod' }))
        await drop({})
        assert.deepEqual(await server.call('listTags', { resourceid: vm.id }, tenant), {})
        await assert.rejects(drop({}), refused(431, /Unable to find any tags/))
      })

      test('what is wrong, and what is somebody else’s, is refused', async () => {
        await assert.rejects(tag('Toaster', vm.id, { a: 'b' }), refused(431, /resourcetype/))
        await assert.rejects(tag('Volume', vm.id, { a: 'b' }), refused(431, /Unable to find resource/))
        await assert.rejects(tag('ISO', zone.template, { a: 'b' }), refused(431, /Unable to find resource/))
        await assert.rejects(tag('UserVm', 'no uuid', { a: 'b' }), refused(431, /Unable to find resource/))
        await assert.rejects(tag('UserVm', vm.id, { ' ': 'b' }), refused(431, /null or empty/))
        await assert.rejects(tag('UserVm', vm.id, { a: '' }), refused(431, /null or empty|value/))
        await assert.rejects(tag('UserVm', vm.id, { a: 'x'.repeat(256) }), refused(431, /255/))
        await tag('UserVm', vm.id, { secret: 'mine' })
        await assert.rejects(tag('UserVm', vm.id, { a: 'b' }, stranger), refused(531, /may not tag/))
        const drop = server.run('deleteTags', { resourcetype: 'UserVm', resourceids: vm.id }, stranger)
        await assert.rejects(drop, refused(531, /may not tag/))
        assert.deepEqual(await server.call('listTags', { resourceid: vm.id }, stranger), {})
        assert.deepEqual(await server.call('listTags', {}, stranger), {})
        assert.equal((await server.call('listTags', { resourceid: vm.id })).count, 1, 'an administrator finds it by id')
        assert.deepEqual(await server.call('listTags', { key: 'secret' }), {}, 'and else sees its own')
        assert.equal((await server.call('listTags', { key: 'secret', listall: true })).count, 1)
      })

      test('tags of what is gone are seen by nobody, and are deleted', async () => {
        const { db } = server.ctx
        const { securitygroup: group } = await server.call('createSecurityGroup', { name: 'gone' }, tenant)
        await tag('SecurityGroup', group.id, { a: 'b' })
        await server.call('deleteSecurityGroup', { id: group.id }, tenant)
        assert.deepEqual(await server.call('listTags', { resourceid: group.id }, tenant), {})
        const all = async () => (await db.selectFrom('resource_tags').select('id').execute()).length
        const before = await all()
        await pruneTagsDuty.run(server.ctx)
        assert.equal(await all(), before - 1)
      })
    })
})
