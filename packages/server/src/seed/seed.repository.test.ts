import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commands } from '@altostack/api'
import { verifyPassword } from '../auth/password.ts'
import { ruleMatcher } from '../auth/role-rules.ts'
import { onEachDatabase } from '../testing/on-each-database.ts'
import { seed } from './seed.ts'

onEachDatabase('the seed', ({ open }) => {
  test('is what a fresh CloudStack holds, by the ids and names that scripts look up, once', async () => {
    const { db, runtime } = await open()
    // Two servers that start at the same time: one of them seeds.
    const both = await Promise.all([seed(db, runtime), seed(db, runtime)])
    const seeded = both.filter((one) => one !== undefined)
    assert.equal(seeded.length, 1)
    assert.equal(await seed(db, runtime), undefined)

    const users = await db.selectFrom('user').selectAll().orderBy('id').execute()
    assert.deepEqual(
      users.map((user) => [user.id, user.username, user.account_id]),
      [
        [1, 'system', 1],
        [2, 'admin', 2],
      ],
    )
    assert.equal(users[0]?.password, null)
    assert.ok(await verifyPassword(seeded[0]?.adminPassword ?? '', users[1]?.password ?? null))
    assert.ok(!(await verifyPassword('password', users[1]?.password ?? null)))
    const root = await db.selectFrom('domain').selectAll().executeTakeFirstOrThrow()
    assert.deepEqual([root.id, root.name, root.path, root.level], [1, 'ROOT', '/', 0])

    const named = async (
      table: 'service_offering' | 'disk_offering' | 'network_offerings' | 'roles',
    ): Promise<string[]> => (await db.selectFrom(table).select('name').orderBy('id').execute()).map((row) => row.name)
    assert.deepEqual(await named('service_offering'), ['Small Instance', 'Medium Instance'])
    assert.deepEqual((await named('disk_offering')).slice(2), ['Small', 'Medium', 'Large', 'Custom'])
    assert.deepEqual((await named('roles')).slice(0, 4), ['Root Admin', 'Resource Admin', 'Domain Admin', 'User'])
    const offerings = await named('network_offerings')
    for (const name of [
      'DefaultSharedNetworkOffering',
      'DefaultIsolatedNetworkOfferingWithSourceNatService',
      'DefaultL2NetworkOffering',
    ]) {
      assert.ok(offerings.includes(name), name)
    }
    const services = await db
      .selectFrom('ntwk_offering_service_map')
      .innerJoin('network_offerings', 'network_offerings.id', 'network_offering_id')
      .select('service')
      .where('network_offerings.name', '=', 'DefaultSharedNetworkOffering')
      .orderBy('service')
      .execute()
    assert.deepEqual(
      services.map((row) => row.service),
      ['Dhcp', 'Dns', 'UserData'],
    )
    const debian = await db
      .selectFrom('guest_os')
      .selectAll()
      .where('display_name', '=', 'Debian GNU/Linux 12 (64-bit)')
      .execute()
    assert.equal(debian.length, 1)
  })

  test('default roles allow what the commands declare', async () => {
    const { db, runtime } = await open()
    await seed(db, runtime)
    for (const [roleId, type] of [
      [2, 'ResourceAdmin'],
      [3, 'DomainAdmin'],
      [4, 'User'],
    ] as const) {
      const rules = await db
        .selectFrom('role_permissions')
        .selectAll()
        .where('role_id', '=', roleId)
        .orderBy('sort_order')
        .execute()
      const allows = (name: string): boolean => rules.find((one) => ruleMatcher(one.rule)(name))?.permission === 'ALLOW'
      for (const command of Object.values(commands)) {
        if ('session' in command) continue
        const declared = (command.roles as readonly string[]).includes(type)
        const unlisted = 'unlistedRoles' in command && (command.unlistedRoles as readonly string[]).includes(type)
        assert.equal(allows(command.name) || unlisted, declared, `${type} ${command.name}`)
      }
    }
  })
})
