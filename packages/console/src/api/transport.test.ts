import assert from 'node:assert/strict'
import { afterEach, mock, test } from 'node:test'
import { ApiFailure } from './api-failure.ts'
import { callApi, useSession } from './transport.ts'

afterEach(() => mock.restoreAll())

/** A server that breaks the first connections, then answers this. */
function server(breaks: number, status = 200, body: object = { listzonesresponse: { count: 0 } }): () => number {
  let calls = 0
  mock.method(globalThis, 'fetch', async () => {
    calls++
    if (calls <= breaks) throw new TypeError('Failed to fetch')
    return new Response(JSON.stringify(body), { status })
  })
  return () => calls
}
const unreachable = (error: unknown): boolean => error instanceof ApiFailure && error.code === 'console.unreachable'

test('a connection that breaks is made again where asking twice does no harm', async () => {
  for (const [params, options] of [
    [{}, { get: true }],
    [{ username: 'admin' }, { anonymous: true }],
    [{ dryrun: true }, {}],
  ] as const) {
    const calls = server(2)
    assert.deepEqual(await callApi('listZones', params, options), { count: 0 })
    assert.equal(calls(), 3)
    mock.restoreAll()
  }
})

test('what changes something is sent once, whatever became of it', async () => {
  const calls = server(1)
  await assert.rejects(callApi('stopVirtualMachine', { id: '1' }), unreachable)
  assert.equal(calls(), 1)
})

test('a server that stays away is told of in the end', async () => {
  const calls = server(100)
  await assert.rejects(callApi('listZones', {}, { get: true }), unreachable)
  assert.equal(calls(), 4)
})

test('a refusal names the key that was refused, not the one that is valid since', async () => {
  const lost: string[] = []
  let key: string | undefined = 'old'
  useSession({ key: () => key, lost: (which) => void lost.push(which) })
  const gate = Promise.withResolvers<Response>()
  mock.method(globalThis, 'fetch', () => gate.promise)
  const late = callApi('listZones', {}, { get: true })
  key = 'new'
  gate.resolve(new Response('{"errorresponse":{"errorcode":401}}', { status: 401 }))
  await assert.rejects(late, { status: 401 })
  assert.deepEqual(lost, ['old'])
})
