import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiFailure, systemRuntime } from '@altostack/core'
import { fuzz } from '../fuzz/peer.ts'
import { createPeer, type Handlers, type Peer } from './peer.ts'
import { AgentCallError, PeerClosedError, PeerDeadlineError } from './peer-errors.ts'
import { rpcErrorCodes } from './protocol.ts'

function pair(handlers: Partial<Handlers<'server'>>): {
  server: Peer<'server'>
  agent: Peer<'agent'>
  frames: string[]
} {
  const runtime = systemRuntime()
  const frames: string[] = []
  const server: Peer<'server'> = createPeer({
    role: 'server',
    runtime,
    handlers: {},
    send: (text) => queueMicrotask(() => agent.receive(text)),
  })
  const agent: Peer<'agent'> = createPeer({
    role: 'agent',
    runtime,
    handlers: handlers as Partial<Handlers<'agent'>>,
    send: (text) => {
      frames.push(text)
      queueMicrotask(() => server.receive(text))
    },
  })
  return { server, agent, frames }
}

test('a call reaches the handler with validated params and answers a validated result', async () => {
  const { server } = pair({
    'pool.stats': () => ({ capacityBytes: 10, usedBytes: 4, availableBytes: 6 }),
  } as never)
  const pool = { uuid: '6d1f8a9e-8a52-4b0c-9a35-0f4f7d9b1c11', type: 'Filesystem', path: '/srv/pool' } as const
  assert.deepEqual(await server.call('pool.stats', { pool }), { capacityBytes: 10, usedBytes: 4, availableBytes: 6 })
  await assert.rejects(
    server.call('pool.stats', { pool: { ...pool, path: 'relative' } }),
    (error: unknown) =>
      error instanceof AgentCallError && error.code === 'agent.params' && error.effectPossible === false,
  )
})

test('catalogue errors keep code, seen and fix; a wrong result is an error of the answering side', async () => {
  const { server } = pair({
    'host.facts': () => {
      throw apiFailure('api.in-use', 'still used', { seen: 'one VM', evidence: { vm: 'i-2-3-VM' } })
    },
    'vm.list': () => ({ domains: [{ wrong: true }] }),
  } as never)
  await assert.rejects(server.call('host.facts', {}), (error: unknown) => {
    assert.ok(error instanceof AgentCallError)
    assert.equal(error.rpcCode, rpcErrorCodes.failure)
    assert.deepEqual(error.data, {
      code: 'api.in-use',
      seen: 'one VM',
      fix: 'Remove what uses it first.',
      evidence: { vm: 'i-2-3-VM' },
      effectPossible: true,
    })
    return true
  })
  await assert.rejects(server.call('vm.list', {}), { code: 'agent.result' })
  await assert.rejects(server.call('host.reconnect', {}), (error: unknown) => {
    assert.ok(error instanceof AgentCallError)
    assert.equal(error.rpcCode, -32601)
    return true
  })
})

test('deadline, signal and close each end a pending call by name', async () => {
  const { server } = pair({ 'vm.list': () => new Promise(() => {}) } as never)
  await assert.rejects(server.call('vm.list', {}, { deadlineMs: 20 }), PeerDeadlineError)
  const abort = new AbortController()
  const aborted = server.call('vm.list', {}, { signal: abort.signal })
  abort.abort(new Error('no longer wanted'))
  await assert.rejects(aborted, /no longer wanted/)
  const pending = server.call('vm.list', {})
  server.close('socket gone')
  await assert.rejects(
    pending,
    (error: unknown) => error instanceof PeerClosedError && error.effectPossible && /socket gone/.test(error.message),
  )
  await assert.rejects(server.call('vm.list', {}), PeerClosedError)
})

test('malformed frames are answered, never thrown', async () => {
  const { agent, frames } = pair({})
  for (const text of ['{', '1', 'null', '[]', '[1]', '{"jsonrpc":"2.0","id":{},"method":"vm.list"}', '{"id":1}']) {
    agent.receive(text)
  }
  await new Promise((resolve) => setImmediate(resolve))
  const codes = frames.map((text) => [JSON.parse(text)].flat()[0].error.code)
  assert.deepEqual(codes.toSorted(), [-32700, -32600, -32600, -32600, -32600, -32600, -32600].toSorted())
})

test('fuzz: no frame throws, closes or leaves a pending call behind', async () => {
  const result = await fuzz(2000, 42)
  assert.equal(result.inputs, 2000)
  assert.ok(result.answered > 100)
})
