import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { systemRuntime } from '@altostack/core'
import { createClient } from './client.ts'
import { nodeFetch } from './node-fetch.ts'

const server = createServer(async (request, response) => {
  if (request.url === '/never') return
  let body = ''
  for await (const chunk of request) body += chunk
  response.writeHead(201, { 'x-seen': request.headers['x-sent'] ?? '', 'set-cookie': ['a=1', 'b=2'] })
  response.end(body === '' ? '{"loginresponse":{"sessionkey":"ü"}}' : `${request.method} ${body}`)
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
after(() => {
  server.close()
  server.closeAllConnections()
})

test('sends method, headers and body; answers status, headers, cookies and text', async () => {
  const answer = await nodeFetch(url, { method: 'POST', headers: { 'x-sent': 'yes' }, body: 'ü' })
  assert.deepEqual([answer.status, answer.headers.get('X-Seen'), await answer.text()], [201, 'yes', 'POST ü'])
  assert.deepEqual(answer.headers.getSetCookie(), ['a=1', 'b=2'])
  assert.equal(answer.headers.get('x-none'), null)
})

test('an aborted request throws the reason, one that nobody takes what the socket met', async () => {
  const ended = nodeFetch(`${url}/never`, { signal: AbortSignal.timeout(50) })
  await assert.rejects(ended, { name: 'TimeoutError' })
  await assert.rejects(nodeFetch('http://127.0.0.1:1/'), { code: 'ECONNREFUSED' })
})

test('the client works with it', async () => {
  const client = createClient({
    endpoint: url,
    runtime: systemRuntime(),
    fetch: nodeFetch,
    apiKey: 'k',
    secretKey: 's',
  })
  assert.deepEqual(await client.call('listZones'), { sessionkey: 'ü' })
})

test("a process that calls by it has not loaded Node's own", () => {
  const program = `
    const { nodeFetch } = await import('./packages/api/src/node-fetch.ts')
    await nodeFetch('http://127.0.0.1:1/').catch(() => undefined)
    console.log(process.moduleLoadList.some((name) => name.includes('undici')))`
  const argv = ['--no-warnings', '--input-type=module', '-e', program]
  const cwd = join(import.meta.dirname, '../../..')
  assert.equal(execFileSync(process.execPath, argv, { cwd, encoding: 'utf8' }), 'false\n')
})
