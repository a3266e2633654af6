import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiCallError, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
describe('the HTTP server', () => {
  before(async () => {
    server = await startTestServer()
  })
  after(async () => {
    await server.stop()
  })

  test('a signed call is answered in JSON and in XML', async () => {
    const { capability } = await server.call('listCapabilities')
    assert.equal(capability.cloudstackversion, '4.23.0.0')
    const xml = await server.raw({ command: 'listCapabilities' })
    assert.equal(xml.status, 200)
    assert.match(xml.headers.get('content-type') ?? '', /^text\/xml/)
    assert.match(xml.text, /<listcapabilitiesresponse cloud-stack-version="4.23.0.0"><capability>/)
  })

  test('wrong credentials are 401 with X-Description', async () => {
    const answer = await server.raw(
      { command: 'listCapabilities', response: 'json' },
      { ...server.admin, secretKey: 'x' },
    )
    assert.equal(answer.status, 401)
    assert.match(answer.headers.get('x-description') ?? '', /^Unable to verify user credentials/)
    assert.equal(JSON.parse(answer.text).listcapabilitiesresponse.errorcode, 401)
    assert.equal((await server.raw({ command: 'listCapabilities' }, null)).status, 401)
  })

  test('an unknown command is 401 for a signed request and names nothing', async () => {
    const answer = await server.raw({ command: 'listcapabilities', response: 'json' })
    assert.equal(answer.status, 401)
    assert.equal(JSON.parse(answer.text).errorresponse.errorcode, 401)
  })

  test('query values override body values', async () => {
    const response = await fetch(`${server.url}/client/api?response=json`, {
      method: 'POST',
      body: 'response=xml&command=listCapabilities',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    })
    assert.match(response.headers.get('content-type') ?? '', /json/)
  })

  test('other methods are 405, an unreadable query is 400, a body that is too large is 413', async () => {
    assert.equal((await fetch(`${server.url}/client/api?command=listZones`, { method: 'PUT' })).status, 405)
    assert.equal((await fetch(`${server.url}/client/api?command=%zz`)).status, 400)
    const large = await fetch(`${server.url}/client/api`, { method: 'POST', body: 'a='.padEnd(5 * 1024 * 1024, 'x') })
    assert.equal(large.status, 413)
  })

  test('a session needs cookie and parameter, and ends at a wrong key or logout', async () => {
    const login = await post(`command=login&username=admin&password=${server.adminPassword}&response=json`)
    assert.equal(login.status, 200)
    const { loginresponse } = JSON.parse(await login.text())
    assert.equal(loginresponse.account, 'admin')
    const cookies = cookiesOf(login)
    const ask = async (key: string): Promise<number> =>
      (
        await fetch(`${server.url}/client/api?command=listCapabilities&sessionkey=${encodeURIComponent(key)}`, {
          headers: { cookie: cookies },
        })
      ).status
    assert.equal(await ask(loginresponse.sessionkey), 200)
    assert.equal(await ask('wrong'), 401)
    assert.equal(await ask(loginresponse.sessionkey), 401)

    const again = await post(`command=login&username=admin&password=${server.adminPassword}&response=json`)
    const key = JSON.parse(await again.text()).loginresponse.sessionkey
    const own = cookiesOf(again)
    const out = await fetch(`${server.url}/client/api?command=logout&sessionkey=${key}`, { headers: { cookie: own } })
    assert.equal(out.status, 200)
    assert.match(out.headers.getSetCookie().join(), /Max-Age=0/)
    const after = await fetch(`${server.url}/client/api?command=listCapabilities&sessionkey=${key}`, {
      headers: { cookie: own },
    })
    assert.equal(after.status, 401)
  })

  test('login by GET is 405; five wrong passwords disable the user', async () => {
    const get = await fetch(`${server.url}/client/api?command=login&username=admin&password=x`)
    assert.equal(get.status, 405)
    const { hashPassword } = await import('../auth/password.ts')
    const account = await server.addAccount('locked', 'User')
    const password = await hashPassword('right', server.ctx.runtime.randomBytes)
    await server.ctx.db.updateTable('user').set({ password }).where('id', '=', account.userId).execute()
    const attempt = async (text: string): Promise<number> =>
      (await post(`command=login&username=locked&password=${text}`)).status
    assert.equal(await attempt('right'), 200)
    for (let round = 0; round < 5; round++) assert.equal(await attempt('wrong'), 531)
    assert.equal(await attempt('right'), 531)
    const row = await server.ctx.db
      .selectFrom('user')
      .selectAll()
      .where('id', '=', account.userId)
      .executeTakeFirstOrThrow()
    assert.equal(row.state, 'disabled')
  })

  test('a role that does not allow a command is refused', async () => {
    const user = await server.addAccount('plain', 'User')
    await assert.rejects(
      server.call('updateConfiguration', { name: 'host', value: 'x' }, user),
      (error) => error instanceof ApiCallError && error.errorcode === 401,
    )
    const { api } = await server.call('listApis', {}, user)
    const names = api.map((item: { name: string }) => item.name)
    assert.ok(names.includes('listZones'))
    assert.ok(!names.includes('createZone'))
  })

  test('the log holds no secrets', () => {
    const text = JSON.stringify(server.logLines())
    assert.ok(!text.includes(server.admin.secretKey))
    assert.ok(!text.includes(server.adminPassword))
  })

  function post(body: string): Promise<Response> {
    return fetch(`${server.url}/client/api`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    })
  }
  function cookiesOf(response: Response): string {
    return response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ')
  }
})
