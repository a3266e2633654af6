import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiCallError, startTestServer, type TestServer } from '../testing/test-server.ts'
import { settings } from './settings.ts'

let server: TestServer
describe('settings', () => {
  before(async () => {
    server = await startTestServer()
  })
  after(async () => {
    await server.stop()
  })

  const refused =
    (pattern: RegExp) =>
    (error: unknown): boolean =>
      error instanceof ApiCallError && error.errorcode === 431 && pattern.test(error.message)

  test('every default passes its own check', async () => {
    const { checkValue } = await import('./setting-values.ts')
    for (const definition of settings) {
      if (definition.default !== null && definition.default !== '') checkValue(definition, definition.default)
    }
  })

  test('a global value holds at once and can be taken back', async () => {
    const name = 'default.page.size'
    assert.equal(await server.ctx.config.number(name), 500)
    const { configuration } = await server.call('updateConfiguration', { name, value: '7' })
    assert.equal(configuration.value, '7')
    assert.equal(await server.ctx.config.number(name), 7)
    const page = await server.call('listConfigurations')
    assert.equal(page.configuration.length, 7)
    assert.equal(page.count, settings.length)
    await assert.rejects(server.call('listConfigurations', { page: 1, pagesize: 8 }), refused(/pagesize/))
    await server.call('updateConfiguration', { name, value: '' })
    assert.equal(await server.ctx.config.number(name), 500)
    await server.call('updateConfiguration', { name, value: '8' })
    assert.equal((await server.call('resetConfiguration', { name })).configuration.value, '500')
    assert.equal(await server.ctx.config.number(name), 500)
    await assert.rejects(server.call('resetConfiguration', { name: 'no.such' }), refused(/doesn't exist/))
  })

  test('refuses unknown names, wrong types and values out of range', async () => {
    await assert.rejects(server.call('updateConfiguration', { name: 'no.such', value: '1' }), refused(/doesn't exist/))
    await assert.rejects(
      server.call('updateConfiguration', { name: 'default.page.size', value: 'x' }),
      refused(/whole number/),
    )
    await assert.rejects(
      server.call('updateConfiguration', { name: 'default.page.size', value: '0' }),
      refused(/at least 1/),
    )
    await assert.rejects(
      server.call('updateConfiguration', { name: 'api.throttling.enabled', value: 'yes' }),
      refused(/true or false/),
    )
  })

  test("a domain's own value holds for the domain alone", async () => {
    const domain = await server.addDomain('scoped')
    const scoped = settings.find((one) => one.scopes.includes('Domain') && one.type === 'Boolean')
    assert.ok(scoped)
    const opposite = scoped.default === 'true' ? 'false' : 'true'
    await server.call('updateConfiguration', { name: scoped.name, value: opposite, domainid: domain.uuid })
    assert.equal(await server.ctx.config.text(scoped.name, { domainId: domain.id }), opposite)
    assert.equal(await server.ctx.config.text(scoped.name, { domainId: 1 }), scoped.default)
    const { configuration } = await server.call('listConfigurations', { name: scoped.name, domainid: domain.uuid })
    assert.equal(configuration[0].value, opposite)
    await assert.rejects(
      server.call('updateConfiguration', { name: 'default.page.size', value: '9', domainid: domain.uuid }),
      refused(/no value of its own/),
    )
    await server.call('resetConfiguration', { name: scoped.name, domainid: domain.uuid })
    assert.equal(await server.ctx.config.text(scoped.name, { domainId: domain.id }), scoped.default)
  })

  test('an account without a value of its own has that of its domain, or above, where that is enabled', async () => {
    const above = await server.addDomain('above')
    const domain = await server.addDomain('below', above.id)
    const account = await server.addAccount('heir', 'User', domain.id)
    const name = 'allow.user.force.stop.vm'
    const value = () => server.ctx.config.text(name, { accountId: account.accountId })
    const set = (params: Readonly<Record<string, string>>) => server.call('updateConfiguration', { name, ...params })
    await assert.rejects(set({ value: 'false', domainid: above.uuid }), refused(/no value of its own for a Domain/))
    await server.call('updateConfiguration', { name: 'enable.account.settings.for.domain', value: 'true' })
    try {
      assert.equal(await value(), 'true')
      await set({ value: 'false', domainid: above.uuid })
      assert.equal(await value(), 'false', 'from the domain above its own')
      const listed = await server.call('listConfigurations', { name, domainid: above.uuid })
      assert.equal(listed.configuration[0].value, 'false')
      await set({ value: 'true', domainid: domain.uuid })
      assert.equal(await value(), 'true', 'the nearer one wins')
      await set({ value: 'false', accountid: account.accountUuid })
      assert.equal(await value(), 'false', 'its own wins')
      await set({ value: '', accountid: account.accountUuid })
      assert.equal(await value(), 'true')
    } finally {
      await server.call('updateConfiguration', { name: 'enable.account.settings.for.domain', value: '' })
    }
    assert.equal(await value(), 'true', 'nothing is inherited any more')
    const scoped = settings.find((one) => one.scopes.includes('Domain') && one.type === 'Boolean')
    assert.ok(scoped)
    const opposite = scoped.default === 'true' ? 'false' : 'true'
    await server.call('updateConfiguration', { name: scoped.name, value: opposite, domainid: above.uuid })
    const ofChild = () => server.ctx.config.text(scoped.name, { domainId: domain.id })
    assert.equal(await ofChild(), scoped.default)
    await server.call('updateConfiguration', { name: 'enable.domain.settings.for.child.domain', value: 'true' })
    assert.equal(await ofChild(), opposite)
  })

  test('a secret stands encrypted in the database and masked in lists', async () => {
    const name = 'alert.smtp.password'
    await server.call('updateConfiguration', { name, value: 'hush-hush' })
    const row = await server.ctx.db
      .selectFrom('configuration')
      .selectAll()
      .where('name', '=', name)
      .executeTakeFirstOrThrow()
    assert.equal(row.encrypted, 1)
    assert.doesNotMatch(row.value ?? '', /hush/)
    const { configuration } = await server.call('listConfigurations', { name })
    assert.equal(configuration[0].value, '********')
    await server.ctx.config.reload()
    assert.equal(await server.ctx.config.text(name), 'hush-hush')
  })
})
