import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { PoolRef } from '@altostack/agent-api'
import { systemRuntime } from '@altostack/core'
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'
import { startTlsServer, type TlsServer } from './testing/tls-server.ts'

const runtime = systemRuntime()
const directory = mkdtempSync(join(tmpdir(), 'alto-simulator-'))
after(() => rmSync(directory, { recursive: true, force: true }))
const pool: PoolRef = { uuid: runtime.uuid(), type: 'SharedMountPoint', path: '/srv/primary' }
const tokens = (key: string) => ({ key, runId: key, runEpoch: 1, hostIncarnation: 0 })

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = runtime.monotonic() + 20_000
  while (!holds()) {
    if (runtime.monotonic() > end) assert.fail(`${what}: not within 20 s`)
    await runtime.sleep(10)
  }
}

function simulator(name: string, hosts: number, given: readonly string[], more: Partial<SimulatorOptions> = {}) {
  const logged: string[] = []
  const running: Simulator = startSimulator({
    runtime,
    stateDir: join(directory, name),
    hosts,
    tokens: () => given,
    backoffMs: { first: 20, longest: 200 },
    log: (_level, message, fields) => logged.push(`${message} ${JSON.stringify(fields)}`),
    ...more,
  })
  return { ...running, logged }
}

/** A guest on the first connected host of the server. */
async function startGuest(server: TlsServer): Promise<string> {
  const [[hostUuid, { peer }] = assert.fail('no host')] = server.hosts
  const uuid = runtime.uuid()
  await peer.call('pool.attach', { tokens: tokens('attach'), pool, create: true })
  const volume = { uuid, sizeBytes: 1 << 20, format: 'qcow2' as const }
  await peer.call('volume.create', { tokens: tokens('volume'), pool, volume })
  const vm = { instanceName: 'i-2-3-VM', uuid, generation: 1 }
  const disks = [{ volumeUuid: uuid, pool, format: 'qcow2' as const, deviceId: 0 }]
  const size = { cpus: 1, cpuMhz: 500, memoryBytes: 2 ** 28 }
  const spec = { instanceName: 'i-2-3-VM', uuid, displayName: 'g', ...size, disks, nics: [], vncPassword: '' }
  await peer.call('vm.start', { tokens: tokens('start'), vm, spec })
  return hostUuid
}

test('hosts join by one-time tokens over TLS, are called, and come back after a cut', async () => {
  const server = await startTlsServer()
  const given = Array.from({ length: 12 }, () => server.token())
  const { fleet, connected, ready, stop } = simulator('many', 12, given)
  try {
    await ready
    await until('all connected', () => server.hosts.size === 12 && connected() === 12)
    const machines = [...server.hosts.values()].map(({ hello }) => hello.facts)
    assert.equal(new Set(machines.map((facts) => facts.machineId)).size, 12)
    assert.equal(new Set(machines.map((facts) => facts.address)).size, 12)
    assert.deepEqual(machines.map((facts) => facts.hostname).toSorted()[0], 'sim1')
    const hostUuid = await startGuest(server)
    assert.equal(fleet.domains().length, 1)
    server.drop()
    await until('gone', () => server.hosts.size < 12)
    await until('back', () => server.hosts.size === 12)
    assert.deepEqual(
      server.hosts.get(hostUuid)?.hello.domains.map((domain) => domain.instanceName),
      ['i-2-3-VM'],
    )
    assert.equal(
      readFileSync(join(directory, 'many', 'joined'), 'utf8')
        .trim()
        .split('\n').length,
      12,
    )
    assert.equal(statSync(join(directory, 'many', 'fleet.db')).mode & 0o777, 0o600)
  } finally {
    stop()
    await server.close()
  }
})

test('after a restart the hosts have their identity, guests, files and journal; no token is needed', async () => {
  const server = await startTlsServer()
  try {
    const one = simulator('kept', 2, [server.token(), server.token()])
    await one.ready
    await until('connected', () => server.hosts.size === 2)
    const hostUuid = await startGuest(server)
    const machineId = server.hosts.get(hostUuid)?.hello.facts.machineId
    one.stop()
    await until('gone', () => server.hosts.size === 0)
    const two = simulator('kept', 2, [])
    try {
      await until('back', () => server.hosts.size === 2)
      const { hello, peer } = server.hosts.get(hostUuid) ?? assert.fail('another identity')
      assert.equal(hello.facts.machineId, machineId)
      assert.deepEqual(
        hello.domains.map(({ instanceName, generation }) => [instanceName, generation]),
        [['i-2-3-VM', 1]],
      )
      assert.deepEqual(hello.openKeys, ['attach', 'volume', 'start'])
      assert.equal((await peer.call('pool.list', { pool })).files.length, 1)
      assert.deepEqual(two.fleet.violations(), [])
    } finally {
      two.stop()
    }
  } finally {
    await server.close()
  }
})

test('used and foreign tokens are passed over, a host waits for one that works, a foreign CA gets no secret', async () => {
  const server = await startTlsServer()
  const stranger = await startTlsServer()
  const used = server.token()
  const first = simulator('first', 1, [used])
  const foreign = JSON.parse(Buffer.from(stranger.token(), 'base64url').toString())
  const mixed = { ...foreign, servers: [`127.0.0.1:${server.port}`] }
  const given = [used, 'nonsense', Buffer.from(JSON.stringify(mixed)).toString('base64url')]
  const second = simulator('second', 1, given)
  try {
    await first.ready
    await until('all refused', () => second.logged.filter((line) => line.startsWith('join failed')).length === 3)
    assert.match(second.logged.join('\n'), /agent\.foreign-ca/)
    assert.deepEqual(server.refused, ['sim1'], 'only the used token was shown to the server')
    given.push(server.token())
    await second.ready
    await until('connected', () => server.hosts.size === 2)
  } finally {
    first.stop()
    second.stop()
    await server.close()
    await stranger.close()
  }
})

test('a certificate is renewed with a new key before it runs out, and the host connects with it', async () => {
  const server = await startTlsServer({ validityMs: 3000 })
  const { fleet, ready, stop } = simulator('renewed', 1, [server.token()], { renewalPollMs: 50 })
  try {
    await ready
    await until('renewed', () => server.renewals.length > 0)
    assert.deepEqual(server.renewals[0], fleet.host(0).hostUuid)
    server.drop()
    await until('gone', () => server.hosts.size === 0)
    await until('back', () => server.hosts.size === 1)
  } finally {
    stop()
    await server.close()
  }
})

test('the server removes a host: it forgets its identity', async () => {
  const server = await startTlsServer()
  const { fleet, ready, stop } = simulator('removed', 1, [server.token()])
  try {
    await ready
    await until('connected', () => server.hosts.size === 1)
    const [{ peer } = assert.fail('no host')] = server.hosts.values()
    await peer.call('host.remove', { forget: true })
    await until('gone', () => server.hosts.size === 0)
    assert.equal(fleet.host(0).state(), 'left')
    assert.equal(readFileSync(join(directory, 'removed', 'joined'), 'utf8'), '')
  } finally {
    stop()
    await server.close()
  }
})

test('the process: joins from a tokens file, fails calls at the asked rate, survives kill -9 with its guests', async () => {
  const server = await startTlsServer()
  const file = join(directory, 'tokens')
  writeFileSync(file, `${server.token()}\n`, { mode: 0o600 })
  const start = (...more: string[]) =>
    spawn(
      process.execPath,
      [
        join(import.meta.dirname, 'main.ts'),
        '--state-dir',
        join(directory, 'process'),
        '--tokens-file',
        file,
        '--cpus',
        '7',
        '--memory',
        '9G',
        ...more,
      ],
      { stdio: 'ignore' },
    )
  let child = start('--fail', 'pool.list=1')
  try {
    await until('connected', () => server.hosts.size === 1)
    const hostUuid = await startGuest(server)
    const { hello, peer } = server.hosts.get(hostUuid) ?? assert.fail('no host')
    assert.deepEqual([hello.facts.cpu.cores, hello.facts.memoryBytes], [7, 9 * 1024 ** 3])
    await assert.rejects(peer.call('pool.list', { pool }), { code: 'agent.program' })
    child.kill('SIGKILL')
    await until('gone', () => server.hosts.size === 0)
    child = start()
    await until('back', () => server.hosts.size === 1)
    const again = server.hosts.get(hostUuid) ?? assert.fail('another identity')
    assert.deepEqual(again.hello.domains.length, 1)
    assert.deepEqual((await again.peer.call('pool.list', { pool })).files.length, 1)
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve([code, signal])))
    child.kill('SIGTERM')
    assert.deepEqual(await ended, [0, null])
  } finally {
    child.kill('SIGKILL')
    await server.close()
  }
})
