import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { systemRuntime } from '@altostack/core'
import { ApiError } from './api-error.ts'
import { createClient } from './client.ts'
import { mergePairs, type Pair, parseForm } from './wire/parse-form.ts'
import { verifySignature } from './wire/signature.ts'

const hmac = (secretKey: string, text: string): string => createHmac('sha1', secretKey).update(text).digest('base64')
type Seen = { method: string; pairs: readonly Pair[]; cookie: string | undefined }
const seen: Seen[] = []
const answers: { status: number; body: unknown; cookies?: string[] }[] = []

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://x')
  const pairs = mergePairs(parseForm(url.search.slice(1)), parseForm(await bodyOf(request)))
  seen.push({ method: request.method ?? '', pairs, cookie: request.headers.cookie })
  const answer = answers.shift() ?? { status: 500, body: {} }
  if (answer.cookies) response.setHeader('set-cookie', answer.cookies)
  response.writeHead(answer.status, { 'content-type': 'application/json' })
  response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
after(() => server.close())
const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/api`
const runtime = { ...systemRuntime(), sleep: async () => {} }
const signed = createClient({ endpoint, apiKey: 'key', secretKey: 'secret', runtime })

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
function last(): Seen {
  return seen.at(-1) as Seen
}
function sent(name: string): string | undefined {
  return last().pairs.find(([key]) => key === name)?.[1]
}

test('reads go by GET, signed; lists are unwrapped', async () => {
  answers.push({ status: 200, body: { listzonesresponse: { count: 2, zone: [{ id: 'a' }, { id: 'b' }] } } })
  const { count, items } = await signed.list('listZones', {
    available: true,
    ids: ['a', 'b'],
    tags: [{ key: 'k', value: 'ü ~*[' }],
  })
  assert.equal(count, 2)
  assert.equal(items[1]?.id, 'b')
  assert.equal(last().method, 'GET')
  assert.equal(sent('ids'), 'a,b')
  assert.equal(sent('tags[0].value'), 'ü ~*[')
  assert.equal(verifySignature(last().pairs, 'secret', hmac), true)
  answers.push({ status: 200, body: { listzonesresponse: {} } })
  assert.deepEqual(await signed.list('listZones'), { count: 0, items: [] })
})

test('changes go by POST; a list of one is unwrapped', async () => {
  answers.push({
    status: 200,
    body: { addhostresponse: { count: 1, host: [{ id: 'h', created: '2026-01-01T00:00:00+0000' }] } },
  })
  const host = await signed.get('addHost', {
    url: 'http://h',
    podid: 'p',
    zoneid: 'z',
    hypervisor: 'KVM',
    password: 'p w',
  })
  assert.equal(host.id, 'h')
  const when: string | undefined = host.created
  assert.equal(when, '2026-01-01T00:00:00+0000')
  assert.equal(last().method, 'POST')
  assert.equal(verifySignature(last().pairs, 'secret', hmac), true)
})

test('a job is waited for with wait, and its object unwrapped', async () => {
  answers.push({ status: 200, body: { deployvirtualmachineresponse: { id: 'v', jobid: 'j' } } })
  answers.push({
    status: 200,
    body: { queryasyncjobresultresponse: { jobstatus: 0, jobid: 'j', progress: { step: 'define' } } },
  })
  answers.push({
    status: 200,
    body: { queryasyncjobresultresponse: { jobstatus: 1, jobresult: { virtualmachine: { id: 'v' } } } },
  })
  const progress: unknown[] = []
  const machine = await signed.run(
    'deployVirtualMachine',
    { serviceofferingid: 's', templateid: 't', zoneid: 'z' },
    { onProgress: (job) => progress.push(job.progress) },
  )
  assert.equal(machine.id, 'v')
  assert.equal(sent('wait'), '30')
  assert.deepEqual(progress, [{ step: 'define' }])
})

test('errors and failed jobs are ApiErrors with all their fields', async () => {
  const body = { uuidList: [{ uuid: 'u', description: 'd' }], errorcode: 431, cserrorcode: 4350, errortext: 'bad' }
  answers.push({ status: 431, body: { listzonesresponse: body } })
  await assert.rejects(signed.list('listZones'), (error) => {
    assert.ok(error instanceof ApiError)
    assert.deepEqual(
      { ...error, name: undefined, stack: undefined },
      { ...body, command: 'listZones', name: undefined, stack: undefined },
    )
    return true
  })
  answers.push({ status: 432, body: { errorresponse: { errorcode: 432, errortext: 'unknown' } } })
  await assert.rejects(signed.call('logout'), { errorcode: 432, errortext: 'unknown' })
  answers.push({
    status: 200,
    body: {
      queryasyncjobresultresponse: {
        jobstatus: 2,
        cmd: 'startVirtualMachine',
        jobresult: { errorcode: 533, errortext: 'No host fits' },
      },
    },
  })
  await assert.rejects(signed.wait('j'), { command: 'startVirtualMachine', errorcode: 533 })
  answers.push({ status: 502, body: '<html>' })
  await assert.rejects(signed.list('listZones'), { errorcode: 502 })
})

test('waiting ends at its deadline', async () => {
  let clock = 0
  const client = createClient({
    endpoint,
    apiKey: 'key',
    secretKey: 'secret',
    runtime: { ...runtime, monotonic: () => (clock += 400) },
  })
  for (let i = 0; i < 9; i++) answers.push({ status: 200, body: { queryasyncjobresultresponse: { jobstatus: 0 } } })
  await assert.rejects(client.wait('j', { timeoutMs: 2000 }), { errorcode: 408 })
  answers.length = 0
})

test('a session carries its key and cookies until logout', async () => {
  const client = createClient({ endpoint, runtime })
  answers.push({
    status: 200,
    body: { loginresponse: { sessionkey: 'k', userid: 'u' } },
    cookies: ['JSESSIONID=node1; Path=/client; HttpOnly', 'sessionkey=k; HttpOnly'],
  })
  assert.equal((await client.login('admin', 'password', '/')).userid, 'u')
  assert.equal(last().method, 'POST')
  answers.push({ status: 200, body: { listzonesresponse: {} } })
  await client.list('listZones')
  assert.equal(sent('sessionkey'), 'k')
  assert.equal(last().cookie, 'JSESSIONID=node1; sessionkey=k')
  assert.equal(sent('signature'), undefined)
  answers.push({ status: 200, body: { logoutresponse: { description: 'success' } } })
  await client.logout()
  answers.push({ status: 401, body: { listzonesresponse: { errorcode: 401, errortext: 'no' } } })
  await assert.rejects(client.list('listZones'), { errorcode: 401 })
  assert.equal(last().cookie, undefined)
})
