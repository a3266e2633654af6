import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, describe, test } from 'node:test'
import { canonicalString, defineCommand, encodeValue, type Pair } from '@altostack/api'
import { defineWorkflow } from '@altostack/workflow'
import { hmacSha1 } from '../auth/verify-request.ts'
import { defineHandler } from '../command/handler.ts'
import type { ServerContext } from '../context.ts'
import type { Database } from '../db/database.ts'
import { type Body, startTestServer, type TestServer } from '../testing/test-server.ts'
import { inNetworks, networkList } from './client-address.ts'

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}

test('the integration port answers without login as the system user, on loopback', async () => {
  const server = await startTestServer({ integrationPort: await freePort() })
  const url = `http://127.0.0.1:${server.server.ports.integration}/client/api`
  const answer = await fetch(`${url}?command=listDomains&listall=true&response=json`)
  assert.equal(((await answer.json()) as Body).listdomainsresponse.domain[0].name, 'ROOT')
  const unknown = await fetch(`${url}?command=noSuch&response=json`)
  assert.equal(unknown.status, 432)
  assert.ok(((await unknown.json()) as Body).errorresponse)
  const address = server.server.ports.http
  assert.equal((await fetch(`http://127.0.0.1:${address}/client/api?command=listDomains`)).status, 401)
  assert.equal(await (await fetch(`http://127.0.0.1:${address}/healthz`)).text(), 'ok\n')
  assert.match(
    await (await fetch(`http://127.0.0.1:${address}/metrics`)).text(),
    /altostack_api_requests_total\{status="401"\} 1/,
  )
  await server.stop()
})

describe('enforce.post.requests.and.timestamps', () => {
  let server: TestServer
  after(() => server.stop())

  function signed(params: Readonly<Record<string, string>>): string {
    const pairs: Pair[] = [...Object.entries(params), ['apiKey', server.admin.apiKey]]
    const signature = hmacSha1(server.admin.secretKey, canonicalString(pairs))
    return [...pairs, ['signature', signature] as Pair]
      .map(([name, value]) => `${name}=${encodeValue(value)}`)
      .join('&')
  }
  const at = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString().replace(/\.\d+Z/, '+0000')
  const ask = async (params: Readonly<Record<string, string>>, method = 'GET'): Promise<number> => {
    const text = signed({ ...params, response: 'json' })
    const url = `${server.url}/client/api`
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    return (await (method === 'GET' ? fetch(`${url}?${text}`) : fetch(url, { method, body: text, headers }))).status
  }

  test('wants version 3, an end within 15 minutes, and changes by POST', async () => {
    server = await startTestServer()
    const fresh = { signatureversion: '3', expires: at(600_000) }
    assert.equal(await ask({ command: 'listZones' }), 200)
    assert.equal(await ask({ command: 'listZones', signatureversion: '3', expires: at(-1000) }), 401)
    assert.equal(await ask({ command: 'listZones', signatureversion: '3' }), 401)
    assert.equal(await ask({ command: 'listZones', signatureversion: '3', expires: at(86_400_000) }), 200)
    await server.call('updateConfiguration', { name: 'enforce.post.requests.and.timestamps', value: 'true' })
    assert.equal(await ask({ command: 'listZones' }), 401)
    assert.equal(await ask({ command: 'listZones', ...fresh }), 200)
    assert.equal(await ask({ command: 'listZones', signatureversion: '3', expires: at(86_400_000) }), 401)
    assert.equal(await ask({ command: 'createDomain', name: 'get', ...fresh }), 400)
    assert.equal(await ask({ command: 'createDomain', name: 'post', ...fresh }, 'POST'), 200)
  })
})

test('a proxy of proxy.cidr is believed about the client, and the source list is kept', async () => {
  const server = await startTestServer()
  await server.call('updateConfiguration', { name: 'proxy.header.verify', value: 'true' })
  await server.call('updateConfiguration', { name: 'proxy.cidr', value: '127.0.0.1/8' })
  await server.call('updateConfiguration', { name: 'api.source.cidr.checks.enabled', value: 'true' })
  const user = await server.addAccount('far', 'User')
  await server.call('updateConfiguration', {
    name: 'api.allowed.source.cidr.list',
    value: '10.1.0.0/16',
    accountid: user.accountUuid,
  })
  const { signedQuery } = await import('../testing/test-server.ts')
  const from = async (header: string): Promise<number> =>
    (
      await fetch(`${server.url}/client/api?${signedQuery({ command: 'listZones' }, user)}`, {
        headers: { 'X-Forwarded-For': header },
      })
    ).status
  assert.equal(await from('10.1.2.3'), 200)
  assert.equal(await from('10.2.2.3'), 401)
  // What the client itself wrote in front of the proxy's own word is not believed.
  assert.equal(await from('10.1.2.3, 192.0.2.1'), 401)
  await server.stop()
})

test('networks are read as they are written', () => {
  const list = networkList('10.0.0.0/8, 192.168.1.5, fd00::/8, nonsense, 10.0.0.0/99')
  assert.ok(inNetworks(list, '10.255.0.1') && inNetworks(list, '::ffff:10.0.0.1') && inNetworks(list, '192.168.1.5'))
  assert.ok(inNetworks(list, 'fd12::1'))
  assert.ok(!inNetworks(list, '192.168.1.6') && !inNetworks(list, 'fe80::1') && !inNetworks(list, 'x'))
})

test('a server that stops lets a waiting caller go with 503; the operation ends after the next start', async () => {
  const gate = Promise.withResolvers<void>()
  let running = Promise.withResolvers<void>()
  const linger = defineCommand({
    name: 'linger',
    kind: 'sync',
    roles: ['Admin'],
    since: '0.1.0',
    description: 'A test.',
    params: {},
    response: 'success',
  })
  const lingerWorkflow = defineWorkflow<ServerContext, { readonly at: number }, Database>('test.linger')
    .step('stay', {
      do: async (s) => {
        running.resolve()
        await Promise.race([
          gate.promise,
          new Promise((_, reject) => s.signal.addEventListener('abort', () => reject(s.signal.reason))),
        ])
      },
    })
    .build()
  const handler = defineHandler(linger, {
    submit: async ({ now }) => ({ workflow: lingerWorkflow, input: { at: now } }),
    result: async () => undefined,
  })
  const extra = { handlers: [handler], workflows: [lingerWorkflow] }
  const first = await startTestServer({ extra })
  const waiting = first.raw({ command: 'linger', response: 'json' })
  await running.promise
  const stopped = first.stop({ keep: true })
  const answer = await waiting
  assert.equal(answer.status, 503)
  const { errortext } = JSON.parse(answer.text).lingerresponse
  const jobid = /job ([0-9a-f-]{36})/.exec(errortext)?.[1]
  assert.ok(jobid, errortext)
  const kept = await stopped
  running = Promise.withResolvers<void>()
  const second = await startTestServer({ extra, kept })
  await running.promise
  gate.resolve()
  assert.equal((await second.call('queryAsyncJobResult', { jobid, wait: 20 })).jobstatus, 1)
  await second.stop()
})
