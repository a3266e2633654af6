import assert from 'node:assert/strict'
import { after, test as declare, describe } from 'node:test'
import { insertModelZone } from '../testing/model-zone.ts'
import { type DatabaseKind, databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { ApiCallError, startTestServer, type TestServer } from '../testing/test-server.ts'

describe('tenants', () => {
  after(stopTestDatabases)

  function test(name: string, body: (database: DatabaseKind) => Promise<void>): void {
    for (const database of databaseKinds) {
      declare(`${name} (${database})`, { skip: databaseMissing(database) ?? false }, () => body(database))
    }
  }

  const person = { password: 'secret 123', email: 'a@b.c', firstname: 'A', lastname: 'B' }

  /** The code in the log of a call that is refused, with its number. */
  async function refusal(s: TestServer, call: Promise<unknown>): Promise<string> {
    const before = s.logLines().length
    try {
      await call
    } catch (error) {
      if (!(error instanceof ApiCallError)) throw error
      const line = s
        .logLines()
        .slice(before)
        .findLast((one) => one.msg === 'request refused')
      return `${error.errorcode} ${line?.code}`
    }
    return 'it was not refused'
  }

  test('accounts, users, domains and roles by the API: make, change, remove, and what is refused', async (database) => {
    const s = await startTestServer({ database })
    try {
      const { domain } = await s.call('createDomain', { name: 'tenants', networkdomain: 'tenants.example' })
      const { domain: below } = await s.call('createDomain', { name: 'below', parentdomainid: domain.id })
      assert.equal(below.path, 'ROOT/tenants/below')
      assert.equal(await refusal(s, s.call('createDomain', { name: 'tenants' })), '431 account.name-taken')

      const { role } = await s.call('createRole', { name: 'reader', type: 'User', description: 'reads' })
      await s.call('createRolePermission', { roleid: role.id, rule: 'list*', permission: 'allow' })
      await s.call('createRolePermission', { roleid: role.id, rule: 'getUser', permission: 'deny' })
      const rules = (await s.call('listRolePermissions', { roleid: role.id })).rolepermission
      await s.call('updateRolePermission', { roleid: role.id, ruleorder: `${rules[1].id},${rules[0].id}` })
      await s.call('deleteRolePermission', { id: rules[1].id })
      assert.equal((await s.call('listRolePermissions', { roleid: role.id })).rolepermission.length, 1)
      assert.equal((await s.call('updateRole', { id: role.id, name: 'reads-all' })).role.name, 'reads-all')
      const { role: builtIn } = await s.call('listRoles', { name: 'User' })
      assert.equal(await refusal(s, s.call('deleteRole', { id: builtIn[0].id })), '431 account.built-in')

      const made = await s.call('createAccount', {
        ...person,
        username: 'anna',
        account: 'annas',
        domainid: domain.id,
        roleid: role.id,
        'accountdetails[0].cost': '42',
      })
      const { account } = made
      assert.equal(account.accountdetails.cost, '42')
      assert.equal(account.user[0].username, 'anna')
      const again = { ...person, username: 'anna', account: 'other', domainid: domain.id, roleid: role.id }
      assert.equal(await refusal(s, s.call('createAccount', again)), '431 account.name-taken')
      assert.equal(await refusal(s, s.call('deleteRole', { id: role.id })), '536 role.in-use')
      assert.equal(await refusal(s, s.call('updateRole', { id: role.id, type: 'DomainAdmin' })), '536 role.in-use')
      const admin = await s.addAccount('chief', 'DomainAdmin', (await rowOf(s, 'domain', domain.id)).id)
      const root = (await s.call('listRoles', { name: 'Root Admin' })).role[0].id
      const grab = { ...person, username: 'grab', account: 'grab', domainid: domain.id, roleid: root }
      assert.equal(await refusal(s, s.call('createAccount', grab, admin)), '531 role.escalation')

      const { user } = await s.call('createUser', { ...person, username: 'ben', account: 'annas', domainid: domain.id })
      assert.equal((await s.call('updateUser', { id: user.id, firstname: 'Benjamin' })).user.firstname, 'Benjamin')
      const { userkeys } = await s.call('registerUserKeys', { id: user.id })
      assert.ok(userkeys.apikey)
      await s.call('deleteUser', { id: user.id })
      const renamed = await s.call('updateAccount', { id: account.id, newname: 'annas-firm' })
      assert.equal(renamed.account.name, 'annas-firm')
      const moved = await s.call('updateDomain', { id: domain.id, name: 'clients' })
      assert.equal(moved.domain.path, 'ROOT/clients')
      assert.equal((await s.call('listDomains', { id: below.id })).domain[0].path, 'ROOT/clients/below')

      assert.equal(await refusal(s, s.call('deleteDomain', { id: domain.id })), '536 account.not-empty')
      await s.call('deleteDomain', { id: domain.id, cleanup: true })
      assert.equal((await s.call('listAccounts', { listall: true, name: 'annas-firm' })).account, undefined)
      await s.call('deleteRole', { id: role.id })
      const short = { ...person, username: 'short', account: 'short', roleid: builtIn[0].id }
      const { account: lived } = await s.call('createAccount', short)
      await s.run('deleteAccount', { id: lived.id })
      const types = (await s.ctx.db.selectFrom('event').select('type').distinct().execute()).map((row) => row.type)
      for (const type of ['ACCOUNT.CREATE', 'ACCOUNT.DELETE', 'USER.UPDATE', 'ROLE.DELETE', 'DOMAIN.DELETE']) {
        assert.ok(types.includes(type), type)
      }
    } finally {
      await s.stop()
    }
  })

  test('what accounts and domains may use, what they use, and what is left', async (database) => {
    const s = await startTestServer({ database })
    try {
      const zone = await insertModelZone(s.ctx.db, s.ctx.runtime.uuid, { hosts: 1 })
      const above = await s.addDomain('above')
      const below = await s.addDomain('below', above.id)
      const tenant = await s.addAccount('tenant', 'User', below.id)
      const template = { url: 'http://images.example/a.qcow2', format: 'QCOW2', hypervisor: 'KVM', zoneid: zone.zone }
      const register = (name: string) => s.call('registerTemplate', { ...template, name, displaytext: name }, tenant)
      await register('one')
      const { db } = s.ctx
      await db
        .insertInto('resource_limit')
        .values({ account_id: tenant.accountId, domain_id: null, type: 'template', max: 2 })
        .execute()
      await db
        .insertInto('resource_limit')
        .values({ account_id: null, domain_id: above.id, type: 'volume', max: -1 })
        .execute()
      const deployed = await s.call(
        'deployVirtualMachine',
        { serviceofferingid: zone.offering, templateid: zone.template, zoneid: zone.zone, startvm: false },
        tenant,
      )
      assert.ok(deployed.id)
      const account = (await s.call('listAccounts', { id: tenant.accountUuid })).account[0]
      const seen = (of: Readonly<Record<string, unknown>>, name: string) =>
        ['limit', 'total', 'available'].map((part) => of[`${name}${part}`])
      assert.deepEqual(seen(account, 'vm'), ['20', 1, '19'])
      assert.deepEqual(seen(account, 'cpu'), ['40', 1, '39'])
      assert.deepEqual(seen(account, 'memory'), ['40960', 512, '40448'])
      assert.deepEqual(seen(account, 'volume'), ['20', 1, '19'])
      assert.deepEqual(seen(account, 'primarystorage'), ['200', 1, '199'])
      assert.deepEqual(seen(account, 'template'), ['2', 1, '1'])
      assert.deepEqual(seen(account, 'ip'), ['20', 0, '20'])
      const { domain } = await s.call('listDomains', { id: above.uuid })
      assert.deepEqual(seen(domain[0], 'vm'), ['40', 1, '39'], 'what is below counts')
      assert.deepEqual(seen(domain[0], 'volume'), ['Unlimited', 1, 'Unlimited'])
      const all = (await s.call('listDomains', { listall: true })).domain
      const site = all.find((one: { readonly level: number }) => one.level === 0)
      assert.deepEqual(seen(site, 'vm'), ['Unlimited', 1, 'Unlimited'])
      const short = (await s.call('listDomains', { id: above.uuid, details: 'min' })).domain[0]
      assert.equal(short.vmlimit, undefined)
      const own = (await s.call('listAccounts', { name: 'admin', listall: true })).account[0]
      assert.deepEqual(seen(own, 'vm'), ['Unlimited', 0, 'Unlimited'], 'root administrators have no limits')

      await register('two')
      assert.equal(await refusal(s, register('three')), '532 virtual-machine.limit')
    } finally {
      await s.stop()
    }
  })

  async function rowOf(s: TestServer, table: 'domain', uuid: string): Promise<{ readonly id: number }> {
    return await s.ctx.db.selectFrom(table).select('id').where('uuid', '=', uuid).executeTakeFirstOrThrow()
  }
})
