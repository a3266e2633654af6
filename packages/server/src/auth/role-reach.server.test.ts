import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { transact } from '../db/transaction.ts'
import { fabricateRow } from '../testing/fabricate-row.ts'
import { databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import {
  ApiCallError,
  type Params,
  startTestServer,
  type TestAccount,
  type TestServer,
} from '../testing/test-server.ts'

for (const database of databaseKinds) {
  const skip = databaseMissing(database)
  describe(`administrators and their betters on ${database}`, skip === undefined ? {} : { skip }, () => {
    let server: TestServer
    before(async () => {
      server = await startTestServer({ database })
    })
    after(async () => {
      await server?.stop()
      await stopTestDatabases()
    })

    async function code(command: string, params: Params, as: TestAccount): Promise<number> {
      try {
        await server.call(command, params, as)
        return 200
      } catch (error) {
        if (error instanceof ApiCallError) return error.errorcode
        throw error
      }
    }
    async function userOf(account: TestAccount): Promise<string> {
      const query = server.ctx.db.selectFrom('user').select('uuid').where('account_id', '=', account.accountId)
      return (await query.executeTakeFirstOrThrow()).uuid
    }
    async function accountOf(account: TestAccount): Promise<string> {
      const query = server.ctx.db.selectFrom('account').select('uuid').where('id', '=', account.accountId)
      return (await query.executeTakeFirstOrThrow()).uuid
    }
    const takeovers = (userId: string, accountId: string, account: string): readonly (readonly [string, Params])[] => [
      ['getUserKeys', { id: userId }],
      ['registerUserKeys', { id: userId }],
      ['updateUser', { id: userId, password: 'taken over 1' }],
      ['deleteUser', { id: userId }],
      ['updateAccount', { id: accountId, newname: 'taken' }],
      ['deleteAccount', { id: accountId }],
      ['createUser', { account, username: 'second', password: 'second 12', email: 'a', firstname: 'a', lastname: 'b' }],
    ]

    for (const role of ['DomainAdmin', 'ResourceAdmin'] as const) {
      test(`a ${role} of a domain does not become the root administrator who lives in it`, async () => {
        const domain = await server.addDomain(`with-${role}`)
        const lesser = await server.addAccount(`lesser-${role}`, role, domain.id)
        const root = await server.addAccount(`root-${role}`, 'Admin', domain.id)
        const [user, account] = [await userOf(root), await accountOf(root)]
        for (const [command, params] of takeovers(user, account, `root-${role}`)) {
          assert.notEqual(await code(command, params, lesser), 200, command)
        }
        assert.equal(await code('getUserKeys', { id: user }, root), 200, 'the root administrator has keys of his own')
      })
    }

    test('a domain administrator still acts for the users below him', async () => {
      const domain = await server.addDomain('plain')
      const admin = await server.addAccount('plain-admin', 'DomainAdmin', domain.id)
      const member = await server.addAccount('plain-member', 'User', domain.id)
      const user = await userOf(member)
      for (const command of ['getUserKeys', 'registerUserKeys']) {
        assert.equal(await code(command, { id: user }, admin), 200, command)
      }
      assert.equal(await code('updateUser', { id: user, password: 'forgotten 1' }, admin), 200)
      const person = { password: 'person 12', email: 'a', firstname: 'a', lastname: 'b' }
      for (const name of ['User', 'Domain Admin', 'Read-Only User - Default', 'Support User - Default']) {
        const { id } = await server.ctx.db
          .selectFrom('roles')
          .select('uuid as id')
          .where('name', '=', name)
          .executeTakeFirstOrThrow()
        const username = name.replaceAll(' ', '')
        assert.equal(await code('createAccount', { ...person, username, roleid: id }, admin), 200, name)
      }
    })

    for (const name of ['Read-Only User - Default', 'Support User - Default']) {
      test(`${name} reads nothing of the infrastructure`, async () => {
        const { ctx } = server
        const reader = await server.addAccount(`reader ${name}`, 'User')
        const role = await ctx.db.selectFrom('roles').select('id').where('name', '=', name).executeTakeFirstOrThrow()
        await ctx.db.updateTable('account').set({ role_id: role.id }).where('id', '=', reader.accountId).execute()
        for (const command of ['listHosts', 'listConfigurations', 'listStoragePools', 'listJoinTokens']) {
          assert.equal(await code(command, {}, reader), 401, command)
        }
        assert.equal(await code('listVirtualMachines', {}, reader), 200)
      })
    }

    test('a pattern allows what is for roles of its type; a name allows it to whoever it names', async () => {
      const { ctx } = server
      const maker = await server.addAccount('maker', 'User')
      const { role } = await server.call('createRole', { name: 'everything', description: 'x', type: 'User' })
      await server.call('createRolePermission', { roleid: role.id, rule: '*', permission: 'allow' })
      const row = await ctx.db.selectFrom('roles').select('id').where('uuid', '=', role.id).executeTakeFirstOrThrow()
      await ctx.db.updateTable('account').set({ role_id: row.id }).where('id', '=', maker.accountId).execute()
      const infrastructure = ['listHosts', 'listStoragePools', 'listConfigurations', 'listJoinTokens', 'createZone']
      for (const command of infrastructure) assert.equal(await code(command, {}, maker), 401, command)
      assert.equal(await code('listVirtualMachines', {}, maker), 200)
      await server.call('createRolePermission', { roleid: role.id, rule: 'listHosts', permission: 'allow' })
      assert.equal(await code('listHosts', {}, maker), 200)
      assert.equal(await code('listConfigurations', {}, maker), 401)
    })

    test('a role of the own type that allows more is neither given nor acted on', async () => {
      const { ctx } = server
      const domain = await server.addDomain('mighty')
      const admin = await server.addAccount('mighty-admin', 'DomainAdmin', domain.id)
      const other = await server.addAccount('mighty-other', 'DomainAdmin', domain.id)
      const role = await transact(ctx, async (tx) => {
        const values = { role_type: 'DomainAdmin', name: 'mighty', public_role: 1, uuid: ctx.runtime.uuid() }
        const row = await fabricateRow(tx, 'roles', values, ctx.runtime.uuid)
        const rule = { role_id: row.id, rule: 'createZone', permission: 'ALLOW' }
        await fabricateRow(tx, 'role_permissions', rule, ctx.runtime.uuid)
        await tx.updateTable('account').set({ role_id: row.id }).where('id', '=', other.accountId).execute()
        return values
      })
      assert.equal(await code('updateAccount', { id: await accountOf(admin), roleid: role.uuid }, admin), 531)
      assert.equal(await code('getUserKeys', { id: await userOf(other) }, admin), 531)
    })

    test('domains whose names differ in case, or look like patterns, are strangers', async () => {
      const small = await server.addDomain('case')
      const admin = await server.addAccount('case-small', 'DomainAdmin', small.id)
      const capital = await server.addDomain('Case')
      await server.addAccount('case-capital', 'User', capital.id)
      const pattern = await server.addDomain('%')
      const wild = await server.addAccount('case-wild', 'DomainAdmin', pattern.id)
      for (const [as, own] of [
        [admin, 'case-small'],
        [wild, 'case-wild'],
      ] as const) {
        const { account } = await server.call('listAccounts', { listall: true }, as)
        assert.deepEqual(
          account.map(({ name }: { readonly name: string }) => name),
          [own],
        )
      }
      await server.call('deleteDomain', { id: (await server.addDomain('_ase')).uuid, cleanup: true })
      const left = await server.call('listAccounts', { listall: true, name: 'case-capital' })
      assert.equal(left.count, 1, 'deleting _ase with all below leaves Case alone')
    })
  })
}
