import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type AgentHost, cannotRun, guestSpec, makeAuthority, startAgentHost, tokens, until } from './agent-host.ts'
import { type AgentPort, startAgentPort } from './agent-port.ts'

const skip = cannotRun()
const main = join(import.meta.dirname, '../src/main.ts')
let host: AgentHost
let port: AgentPort
let agent: ChildProcess | undefined

before(async () => {
  if (skip !== false) return
  const authority = await makeAuthority()
  port = await startAgentPort(authority, '127.0.0.1')
  host = await startAgentHost({ authority, settings: { host: `127.0.0.1:${port.port}` } })
  await host.agent.handlers['pool.attach']({ tokens: tokens(), pool: host.pool, create: true })
  await host.pause()
})
after(async () => {
  if (skip !== false) return
  agent?.kill('SIGKILL')
  await host.resume()
  await host.stop()
  await port.stop()
})

async function startProcess(): Promise<void> {
  agent = spawn(process.execPath, ['--no-warnings', main, 'run', '--root', host.dir], { stdio: 'inherit' })
  await until('hello', () => port.connected(host.hostUuid), 20_000)
}
async function kill(): Promise<void> {
  const child = agent as ChildProcess
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
  await until('gone', () => !port.connected(host.hostUuid), 5000)
}

/** Like the engine: the same call under the same key until it is answered. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (let at = 0; ; at++) {
    try {
      return await call()
    } catch (error) {
      if (at > 5) throw error
      if (!port.connected(host.hostUuid)) await startProcess()
    }
  }
}

test('kill -9 at any instant of create, start, stop and remove: repeated, each happens once', {
  skip,
  timeout: 120_000,
}, async () => {
  const { hostUuid } = host
  await startProcess()
  // Each instant costs four restarts of the agent; the full list is for long runs.
  for (const afterMs of process.env.ALTO_TEST_FULL === '1' ? [0, 5, 20, 60, 150, 400] : [5, 120]) {
    const volume = { uuid: randomUUID(), sizeBytes: 1 << 20, format: 'qcow2' as const }
    const spec = guestSpec(host, volume.uuid, { instanceName: `i-2-${100 + afterMs}-VM` })
    const vm = { instanceName: spec.instanceName, uuid: spec.uuid, generation: 1 }
    const interrupted = async <T>(call: () => Promise<T>): Promise<T> => {
      const first = call()
      first.catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, afterMs))
      await kill()
      await startProcess()
      return await insist(call)
    }
    const create = { tokens: tokens(), pool: host.pool, volume }
    assert.equal((await interrupted(() => port.call(hostUuid, 'volume.create', create))).sizeBytes, 1 << 20)
    const start = { tokens: tokens(), vm, spec }
    assert.equal((await interrupted(() => port.call(hostUuid, 'vm.start', start))).state, 'running')
    assert.deepEqual(
      (await port.call(hostUuid, 'vm.list', {})).domains.map((one) => one.uuid),
      [vm.uuid],
    )
    const stop = { tokens: tokens(), vm, graceMs: 0 }
    const over = await interrupted(() => port.finish(hostUuid, 'vm.stop', stop))
    assert.equal(over.state, 'done', JSON.stringify(over))
    assert.deepEqual((await port.call(hostUuid, 'vm.list', {})).domains, [])
    const remove = { tokens: tokens(), pool: host.pool, volumeUuid: volume.uuid }
    await interrupted(() => port.call(hostUuid, 'volume.remove', remove))
    assert.equal(existsSync(join(host.pool.path, volume.uuid)), false)
    const { files } = await port.call(hostUuid, 'pool.list', { pool: host.pool })
    assert.deepEqual(files, [], 'nothing is left behind')
  }
  await kill()
})
