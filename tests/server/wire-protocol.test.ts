import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { canonicalString, encodeValue } from '@altostack/api'
import { nodeFetch } from '@altostack/api/node-fetch'
import {
  type Body,
  type HttpAnswer,
  type Params,
  startTestServer,
  type TestAccount,
  type TestServer,
} from '../../packages/server/src/testing/test-server.ts'

// The rules of the API on the wire that clients rely on, each by real HTTP.
let server: TestServer
let user: TestAccount
describe("CloudStack's wire protocol", () => {
  before(async () => {
    server = await startTestServer()
    user = await server.addAccount('tenant', 'User')
    for (const name of ['zone1', 'zone2', 'zone3']) {
      await server.call('createZone', { name, dns1: '10.0.0.1', internaldns1: '10.0.0.1', networktype: 'Advanced' })
    }
  })
  after(async () => {
    await server.stop()
  })

  type Reply = {
    readonly status: number
    readonly wrapper: string
    readonly body: Body
    readonly headers: HttpAnswer['headers']
  }

  async function ask(params: Params, as: TestAccount | null = server.admin): Promise<Reply> {
    const { status, text, headers } = await server.raw({ response: 'json', ...params }, as)
    const [wrapper, body] = Object.entries(JSON.parse(text) as Record<string, Body>)[0] as [string, Body]
    return { status, wrapper, body, headers }
  }
  async function send(query: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await nodeFetch(`${server.url}/client/api?${query}`)
    return { status: response.status, text: await response.text() }
  }
  function hmac(text: string, secret = server.admin.secretKey): string {
    return createHmac('sha1', secret).update(text).digest('base64')
  }
  async function setting(name: string, value: string): Promise<void> {
    await server.call('updateConfiguration', { name, value })
  }

  describe('signature', () => {
    const now = (): number => server.ctx.runtime.now()
    const inMinutes = (minutes: number, tail: string): string =>
      new Date(now() + minutes * 60_000).toISOString().replace(/\.\d+Z$/, tail)

    test('version 3 needs expires, which may end in Z or +0000; an expired one is 401', async () => {
      const list = { command: 'listZones', signatureversion: '3' }
      assert.equal((await ask({ ...list, expires: inMinutes(5, 'Z') })).status, 200)
      assert.equal((await ask({ ...list, expires: inMinutes(5, '+0000') })).status, 200)
      assert.equal((await ask({ ...list, expires: inMinutes(-1, '+0000') })).status, 401)
      assert.equal((await ask(list)).status, 401)
      assert.equal((await ask({ ...list, expires: 'tomorrow' })).status, 401)
      // Without version 3 it is a parameter like any other.
      assert.equal((await ask({ command: 'listZones', expires: inMinutes(-1, 'Z') })).status, 200)
    })

    test('names as they are, values encoded with %20 and %7E, all in lower case', async () => {
      const pairs = [
        ['response', 'json'],
        ['command', 'listZones'],
        ['Name', 'A b~c*d+e%f&g=ü'],
        ['apiKey', server.admin.apiKey],
      ] as const
      const documented =
        `apikey=${server.admin.apiKey}&command=listzones&name=a%20b%7ec*d%2be%25f%26g%3d%c3%bc&response=json`
          .toLowerCase()
          .split('&')
      const ordered = [documented[2], documented[0], documented[1], documented[3]].join('&')
      assert.equal(canonicalString(pairs), ordered)
      const query = pairs.map(([name, value]) => `${name}=${encodeValue(value)}`).join('&')
      assert.equal((await send(`${query}&signature=${encodeURIComponent(hmac(ordered))}`)).status, 200)
      // Clients that leave the tilde raw, or sort by the lower-cased name, are taken too.
      const rawTilde = ordered.replace('%7e', '~')
      assert.equal((await send(`${query}&signature=${encodeURIComponent(hmac(rawTilde))}`)).status, 200)
      const lowerCaseOrder = documented.join('&')
      assert.equal((await send(`${query}&signature=${encodeURIComponent(hmac(lowerCaseOrder))}`)).status, 200)
      assert.equal((await send(`${query}&signature=${encodeURIComponent(hmac(`${ordered}x`))}`)).status, 401)
    })

    test('every parameter is signed, response and apiKey too', async () => {
      const query = `apiKey=${server.admin.apiKey}&command=listZones`
      const signature = encodeURIComponent(hmac(query.toLowerCase()))
      assert.equal((await send(`${query}&signature=${signature}`)).status, 200)
      assert.equal((await send(`${query}&response=json&signature=${signature}`)).status, 401)
    })

    test('enforce.post.requests.and.timestamps: version 3, 15 minutes, and changes by POST only', async () => {
      const signed = { signatureversion: '3', expires: inMinutes(5, 'Z') }
      await setting('enforce.post.requests.and.timestamps', 'true')
      try {
        assert.equal((await ask({ command: 'listZones' })).status, 401)
        assert.equal((await ask({ command: 'listZones', ...signed })).status, 200)
        assert.equal((await ask({ command: 'listZones', ...signed, expires: inMinutes(20, 'Z') })).status, 401)
        const change = { command: 'updateConfiguration', name: 'default.page.size', value: '500', ...signed }
        assert.equal((await ask(change)).status, 400)
        assert.equal((await server.raw({ response: 'json', ...change }, server.admin, { method: 'POST' })).status, 200)
      } finally {
        await server.raw(
          { command: 'updateConfiguration', name: 'enforce.post.requests.and.timestamps', value: 'false', ...signed },
          server.admin,
          { method: 'POST' },
        )
      }
      assert.equal((await ask({ command: 'listZones' })).status, 200)
    })
  })

  describe('errors', () => {
    test('stand in the wrapper of the command, with the text in X-Description', async () => {
      const { status, wrapper, body, headers } = await ask({ command: 'listZones', id: 'nowhere' })
      assert.equal(status, 431)
      assert.equal(wrapper, 'listzonesresponse')
      const own = ['code', 'cause', 'fix']
      assert.deepEqual(Object.keys(body).sort(), ['cserrorcode', 'errorcode', 'errortext', 'uuidList', ...own].sort())
      assert.equal(body.errorcode, 431)
      assert.deepEqual(body.uuidList, [])
      assert.equal(headers.get('x-description'), body.errortext)
      // Go clients look for this part to tell "not found" from "failed".
      assert.match(
        body.errortext,
        /Invalid parameter id value=nowhere due to incorrect long value format, or entity does not exist/,
      )
    })

    test('an unknown command is 401 with a key and 432 in a session, in errorresponse', async () => {
      const signed = await ask({ command: 'launchRocket' })
      assert.deepEqual([signed.status, signed.wrapper], [401, 'errorresponse'])
      const { cookies, key } = await logIn('admin', server.adminPassword)
      const response = await fetch(
        `${server.url}/client/api?command=launchRocket&response=json&sessionkey=${encodeURIComponent(key)}`,
        { headers: { cookie: cookies } },
      )
      assert.equal(response.status, 432)
      assert.equal((JSON.parse(await response.text()) as Body).errorresponse.errorcode, 432)
    })

    test('command names are case-sensitive, parameter names are not', async () => {
      assert.equal((await ask({ command: 'listzones' })).status, 401)
      assert.equal((await ask({ COMMAND: 'listZones', NAME: 'zone2' })).body.zone[0].name, 'zone2')
    })

    test('a header cannot be split by what a caller sends', async () => {
      const answer = await server.raw({ command: 'listZones', id: 'x\r\nX-Evil: yes', response: 'json' })
      assert.equal(answer.status, 431)
      assert.equal(answer.headers.get('x-evil'), null)
    })

    test('those of XML have the same fields', async () => {
      const { status, text, headers } = await server.raw({ command: 'listZones', id: '<&>' })
      assert.equal(status, 431)
      assert.match(headers.get('content-type') ?? '', /^text\/xml/)
      assert.match(text, /<listzonesresponse cloud-stack-version="[^"]+">.*<errorcode>431<\/errorcode>/s)
      assert.match(text, /&lt;&amp;&gt;/)
    })
  })

  describe('lists', () => {
    const zones = { command: 'listZones' }

    test('say count and items; an empty one says nothing; a page past the end says count only', async () => {
      const all = await ask(zones)
      assert.equal(all.body.count, 3)
      assert.equal(all.body.zone.length, 3)
      assert.deepEqual((await ask({ ...zones, name: 'nowhere' })).body, {})
      assert.deepEqual((await ask({ ...zones, page: 9, pagesize: 2 })).body, { count: 3 })
      const second = await ask({ ...zones, page: 2, pagesize: 2 })
      assert.equal(second.body.count, 3)
      assert.equal(second.body.zone.length, 1)
    })

    test('page and pagesize go together; pagesize is at most default.page.size; -1 is all', async () => {
      assert.equal((await ask({ ...zones, page: 1 })).status, 431)
      assert.equal((await ask({ ...zones, pagesize: 2 })).status, 431)
      assert.equal((await ask({ ...zones, page: 0, pagesize: 2 })).status, 431)
      assert.equal((await ask({ ...zones, page: 1, pagesize: 501 })).status, 431)
      assert.equal((await ask({ ...zones, pagesize: -1 })).body.zone.length, 3)
      await setting('default.page.size', '2')
      try {
        const first = await ask(zones)
        assert.equal(first.body.count, 3)
        assert.equal(first.body.zone.length, 2)
        assert.equal((await ask({ ...zones, page: 1, pagesize: 3 })).status, 431)
        assert.equal((await ask({ ...zones, pagesize: -1 })).body.zone.length, 3)
      } finally {
        await setting('default.page.size', '500')
      }
    })

    test('in XML repeat the element, and are the default', async () => {
      const { text } = await server.raw(zones)
      assert.equal(text.match(/<zone>/g)?.length, 3)
      assert.match(text, /^<\?xml version="1.0" encoding="UTF-8"\?><listzonesresponse cloud-stack-version="/)
      assert.match(text, /<count>3<\/count>/)
    })
  })

  describe('parameters', () => {
    const offering = { command: 'createServiceOffering', displaytext: 'd', cpunumber: 1, cpuspeed: 100, memory: 64 }

    test('a malformed map is 430, a missing or too long value 431', async () => {
      const tags = await ask({ command: 'listZones', 'tags[0].key': 'a' })
      assert.deepEqual([tags.status, tags.body.errorcode], [430, 430])
      assert.equal((await ask({ command: 'listZones', 'tags[x].key': 'a' })).status, 430)
      const missing = await ask({ command: 'createZone', name: 'z' })
      assert.equal(missing.status, 431)
      assert.match(missing.body.errortext, /missing parameter (dns1|internaldns1|networktype)/)
      assert.equal((await ask({ command: 'updateZone', id: '' })).status, 431)
      assert.equal((await ask({ command: 'listZones', name: 'x'.repeat(256) })).status, 431)
      assert.equal((await ask({ command: 'listZones', name: 'x'.repeat(255) })).status, 200)
    })

    test('any spelling of true is true, all else is false', async () => {
      const { id } = (await ask({ command: 'listZones', name: 'zone2' })).body.zone[0]
      for (const [localstorageenabled, expected] of [
        ['TRUE', true],
        ['yes', false],
        ['True', true],
        ['1', false],
      ] as const) {
        const { body } = await ask({ command: 'updateZone', id, localstorageenabled })
        assert.equal(body.zone.localstorageenabled, expected, localstorageenabled)
      }
    })

    test('details come as key and value or as fields', async () => {
      const made = await ask({
        ...offering,
        name: 'by key',
        'serviceofferingdetails[0].key': 'colour',
        'serviceofferingdetails[0].value': 'red',
      })
      assert.equal(made.status, 200, JSON.stringify(made.body))
      const view = made.body.serviceoffering
      assert.equal(view.serviceofferingdetails.colour, 'red')
      const fields = await ask({ ...offering, name: 'by field', 'serviceofferingdetails[0].colour': 'blue' })
      assert.equal(fields.body.serviceoffering.serviceofferingdetails.colour, 'blue')
    })

    test('names that the command does not declare are ignored', async () => {
      assert.equal((await ask({ command: 'listZones', whatever: 'x', 'odd[0].thing': 'y' })).body.count, 3)
    })

    test('query-string values override those of the body', async () => {
      const pairs = { command: 'listZones', response: 'json', name: 'zone1', apiKey: server.admin.apiKey }
      const text = Object.entries(pairs)
        .map(([name, value]) => `${name}=${encodeValue(value)}`)
        .join('&')
      const signature = hmac(canonicalString(Object.entries(pairs)))
      const response = await fetch(`${server.url}/client/api?${text}&signature=${encodeURIComponent(signature)}`, {
        method: 'POST',
        body: 'name=zone2',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      })
      const { listzonesresponse } = JSON.parse(await response.text()) as Body
      assert.equal(listzonesresponse.zone[0].name, 'zone1')
    })

    test('dates go out with +0000 and come in in three forms', async () => {
      const { event } = (await ask({ command: 'listEvents', pagesize: 1, page: 1 })).body
      assert.match(event[0].created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/)
      for (const startdate of [
        '2020-01-01',
        '2020-01-01 10:00:00',
        '2020-01-01T10:00:00+0000',
        '2020-01-01T10:00:00Z',
      ]) {
        assert.ok((await ask({ command: 'listEvents', startdate })).body.count > 0, startdate)
      }
      assert.equal((await ask({ command: 'listEvents', startdate: '1 May' })).status, 431)
    })
  })

  describe('jobs', () => {
    test('answer an id, then their result', async () => {
      const zoneid = (await ask({ command: 'listZones', name: 'zone1' })).body.zone[0].id
      const made = await ask({ command: 'createPhysicalNetwork', zoneid, name: 'physical1' })
      assert.equal(made.wrapper, 'createphysicalnetworkresponse')
      assert.match(made.body.jobid, /^[0-9a-f-]{36}$/)
      assert.match(made.body.id, /^[0-9a-f-]{36}$/)
      const job = (await ask({ command: 'queryAsyncJobResult', jobid: made.body.jobid, wait: 10 })).body
      assert.equal(job.jobstatus, 1)
      assert.equal(job.jobprocstatus, 0)
      assert.equal(job.jobresultcode, 0)
      assert.equal(job.jobresulttype, 'object')
      assert.equal(job.jobresult.physicalnetwork.name, 'physical1')
      assert.match(job.created, /\+0000$/)
      assert.match(job.completed, /\+0000$/)
      assert.equal((await ask({ command: 'queryAsyncJobResult', jobid: made.body.jobid, wait: 61 })).status, 431)
    })

    test('registerUserKeys answers the keys beside the job', async () => {
      const other = await server.addAccount('keys', 'User')
      const { body } = await ask({ command: 'registerUserKeys', id: other.userUuid })
      assert.match(body.jobid, /^[0-9a-f-]{36}$/)
      assert.ok(body.userkeys.apikey.length > 20 && body.userkeys.secretkey.length > 20)
      const again = { ...other, apiKey: body.userkeys.apikey, secretKey: body.userkeys.secretkey }
      assert.equal((await ask({ command: 'listZones' }, again)).status, 200)
    })
  })

  describe('callers', () => {
    test('a tenant sees the restricted form', async () => {
      const full = (await ask({ command: 'listZones', name: 'zone1' })).body.zone[0]
      const restricted = (await ask({ command: 'listZones', name: 'zone1' }, user)).body.zone[0]
      assert.equal(restricted.id, full.id)
      assert.ok('internaldns1' in full)
      assert.ok(!('internaldns1' in restricted))
    })

    test('login takes a domain with or without slashes; its answer stands directly in the wrapper', async () => {
      for (const domain of ['', '/', 'ROOT', '/ROOT/']) {
        const { body } = await logIn('admin', server.adminPassword, domain)
        for (const field of ['sessionkey', 'userid', 'username', 'account', 'domainid', 'timeout', 'type']) {
          assert.ok(field in body, `${field} of a login to ${domain}`)
        }
      }
      await assert.rejects(logIn('admin', 'wrong'), /531/)
    })
  })

  describe('listApis', () => {
    test('has what cmk asserts of every command', async () => {
      const { body } = await ask({ command: 'listApis', listall: 'true' })
      assert.equal(body.count, body.api.length)
      for (const api of body.api) {
        assert.equal(typeof api.name, 'string')
        assert.equal(typeof api.isasync, 'boolean', api.name)
        assert.equal(typeof api.description, 'string', api.name)
        assert.ok(Array.isArray(api.params) && Array.isArray(api.response), api.name)
        for (const param of api.params) {
          const place = `${api.name} ${param.name}`
          assert.deepEqual(
            [typeof param.name, typeof param.type, typeof param.required, typeof param.description],
            ['string', 'string', 'boolean', 'string'],
            place,
          )
        }
      }
      const one = await ask({ command: 'listApis', name: 'listZones' })
      assert.deepEqual(
        one.body.api.map((api: Body) => api.name),
        ['listZones'],
      )
    })
  })

  describe('dryrun', () => {
    test('answers what would be done and changes nothing', async () => {
      const before = (await ask({ command: 'listEvents', listall: true })).body.count
      const params = { command: 'createZone', dns1: '10.0.0.1', internaldns1: '10.0.0.1', networktype: 'Advanced' }
      const planned = await ask({ ...params, name: 'zone4', dryrun: true })
      assert.equal(planned.status, 200)
      assert.equal(planned.body.dryrun.ok, true)
      assert.deepEqual(planned.body.dryrun.refusals, [])
      const refused = await ask({ ...params, name: 'zone1', dryrun: true })
      assert.equal(refused.status, 200)
      assert.equal(refused.body.dryrun.ok, false)
      assert.ok(refused.body.dryrun.refusals[0].code.length > 0 && refused.body.dryrun.refusals[0].fix.length > 0)
      assert.equal((await ask({ command: 'listZones' })).body.count, 3)
      assert.equal((await ask({ command: 'listEvents', listall: true })).body.count, before)
    })
  })

  async function logIn(
    username: string,
    password: string,
    domain = '/',
  ): Promise<{ readonly body: Body; readonly cookies: string; readonly key: string }> {
    const response = await fetch(`${server.url}/client/api`, {
      method: 'POST',
      body: new URLSearchParams({ command: 'login', username, password, domain, response: 'json' }),
    })
    if (response.status !== 200) throw new Error(`login: ${response.status}`)
    const body = (JSON.parse(await response.text()) as Body).loginresponse
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
    return { body, cookies: cookies.join('; '), key: body.sessionkey }
  }
})
