import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Params, ParamsInput } from '@altostack/agent-api'
import { type SimulatedRuntime, simulatedRuntime } from '@altostack/testkit'
import { createFleet, type SimulatedFleet, type SimulatedHost } from './index.ts'
import { inProcessServer, type TestServer } from './testing/in-process-server.ts'

const pool = { uuid: '6d1f8a9e-8a52-4b0c-9a35-0f4f7d9b1c11', type: 'SharedMountPoint', path: '/srv/primary' } as const

type Scene = {
  readonly runtime: SimulatedRuntime
  readonly fleet: SimulatedFleet
  readonly hosts: readonly SimulatedHost[]
  readonly servers: readonly TestServer[]
  readonly up: (index?: number) => Promise<void>
  readonly tokens: (key: string) => Params<'vm.stop'>['tokens']
  readonly guest: (name: string, volumeUuid: string) => Pick<ParamsInput<'vm.start'>, 'vm' | 'spec'>
  readonly blank: (index?: number) => Promise<string>
}

/** Connected hosts on a seeded scheduler, each with a server of its own, and a shared pool. */
async function scene(count: number, seed = 7): Promise<Scene> {
  const runtime = simulatedRuntime(seed)
  const fleet = createFleet({ runtime, seed })
  const servers = Array.from({ length: count }, () => inProcessServer(runtime))
  const hosts = servers.map((server) => fleet.addHost({ servers: ['server'], transport: server.transport }))
  fleet.start()
  const up: Scene['up'] = async (index = 0) => {
    const host = hosts[index] as SimulatedHost
    const server = servers[index] as TestServer
    await runtime.run(() => host.session()?.primary !== undefined && server.connected())
  }
  const self: Scene = {
    runtime,
    fleet,
    hosts,
    servers,
    up,
    tokens: (key) => ({ key, runId: key.split('/')[0] as string, runEpoch: 1, hostIncarnation: 0 }),
    guest: (name, volumeUuid) => {
      const uuid = runtime.uuid()
      const disks = [{ volumeUuid, pool, format: 'qcow2' as const, deviceId: 0 }]
      return {
        vm: { instanceName: name, uuid, generation: 1 },
        spec: {
          instanceName: name,
          uuid,
          displayName: name,
          cpus: 1,
          cpuMhz: 500,
          memoryBytes: 2 ** 28,
          disks,
          nics: [],
          vncPassword: '',
        },
      }
    },
    async blank(index = 0) {
      const uuid = runtime.uuid()
      const volume = { uuid, sizeBytes: 1 << 20, format: 'qcow2' as const }
      const server = servers[index] as TestServer
      await runtime.settle(server.peer().call('volume.create', { tokens: self.tokens(`v/${uuid}`), pool, volume }))
      return uuid
    },
  }
  for (let index = 0; index < count; index++) {
    await up(index)
    const attach = { tokens: self.tokens(`attach/${index}`), pool, create: true }
    await runtime.settle((servers[index] as TestServer).peer().call('pool.attach', attach))
  }
  return self
}

function first<T>(list: readonly T[]): T {
  return list[0] as T
}

test('lost reply: the effect is there, the connection is not, and the same key answers without acting again', async () => {
  const { runtime, fleet, hosts, servers, up, tokens, guest, blank } = await scene(1)
  const start = { tokens: tokens('run/start'), ...guest('i-2-3-VM', await blank()) }
  first(hosts).fail('vm.start', { when: 'lost-reply' })
  await assert.rejects(runtime.settle(first(servers).peer().call('vm.start', start)), { name: 'PeerClosedError' })
  assert.equal(fleet.domains().length, 1)
  assert.deepEqual(first(servers).closed, [{ orderly: false }])
  await up()
  const hello = first(servers).hellos.at(-1)
  assert.deepEqual(
    hello?.domains.map((domain) => domain.instanceName),
    ['i-2-3-VM'],
  )
  assert.ok(hello?.openKeys.includes('run/start'))
  assert.equal((await runtime.settle(first(servers).peer().call('vm.start', start))).state, 'running')
  assert.deepEqual(fleet.violations(), [])
})

test('lost request: nothing happens and no intent is left', async () => {
  const { runtime, fleet, hosts, servers, up, tokens, guest, blank } = await scene(1)
  const start = { tokens: tokens('run/start'), ...guest('i-2-3-VM', await blank()) }
  first(hosts).fail('vm.start', { when: 'lost-request' })
  await assert.rejects(runtime.settle(first(servers).peer().call('vm.start', start)), { name: 'PeerClosedError' })
  assert.deepEqual(fleet.domains(), [])
  assert.ok(!first(hosts).openKeys().includes('run/start'))
  await up()
  assert.equal((await runtime.settle(first(servers).peer().call('vm.start', start))).state, 'running')
})

test('failures before and after the effect say what may have happened', async () => {
  const { runtime, fleet, hosts, servers, tokens, guest, blank } = await scene(1)
  const start = { tokens: tokens('run/start'), ...guest('i-2-3-VM', await blank()) }
  first(hosts).fail('vm.start', { when: 'before-effect', code: 'vm.start' })
  first(hosts).fail('vm.start', { when: 'after-effect' })
  const peer = first(servers).peer()
  await assert.rejects(runtime.settle(peer.call('vm.start', start)), { code: 'vm.start', effectPossible: false })
  assert.deepEqual(fleet.domains(), [])
  await assert.rejects(runtime.settle(peer.call('vm.start', start)), { code: 'agent.libvirt', effectPossible: true })
  assert.equal(fleet.domains().length, 1)
  assert.equal((await runtime.settle(peer.call('vm.start', start))).state, 'running')
})

for (const when of ['crash-before-effect', 'crash-after-effect'] as const) {
  test(`${when}: the intent is settled by its probe in the next life`, async () => {
    const { runtime, fleet, hosts, servers, up, tokens, guest, blank } = await scene(1)
    const host = first(hosts)
    const start = { tokens: tokens('run/start'), ...guest('i-2-3-VM', await blank()) }
    host.fail('vm.start', { when })
    await assert.rejects(runtime.settle(first(servers).peer().call('vm.start', start)), { name: 'PeerClosedError' })
    assert.equal(host.state(), 'crashed')
    assert.equal(first(servers).closed.at(-1)?.orderly, false)
    assert.equal(fleet.domains().length, when === 'crash-after-effect' ? 1 : 0)
    host.restart()
    await up()
    const answer = await runtime.settle(first(servers).peer().call('job.poll', { key: 'run/start', waitMs: 0 }))
    assert.equal(answer.state, when === 'crash-after-effect' ? 'done' : 'unknown')
    assert.equal((await runtime.settle(first(servers).peer().call('vm.start', start))).state, 'running')
    assert.equal(fleet.domains().length, 1)
  })
}

test('power cut: silence, guests gone, disk kept, new boot id', async () => {
  const { runtime, fleet, hosts, servers, up, tokens, guest, blank } = await scene(1)
  const start = { tokens: tokens('run/start'), ...guest('i-2-3-VM', await blank()) }
  await runtime.settle(first(servers).peer().call('vm.start', start))
  const before = first(servers).hellos.at(-1)
  first(hosts).powerOff()
  await runtime.advance(60_000)
  assert.deepEqual(first(servers).closed, [], 'nobody is told')
  assert.deepEqual(fleet.domains(), [])
  first(hosts).restart()
  await up()
  const hello = first(servers).hellos.at(-1)
  assert.notEqual(hello?.facts.bootId, before?.facts.bootId)
  assert.equal(hello?.facts.machineId, before?.facts.machineId)
  assert.deepEqual(hello?.domains, [])
  assert.ok(hello?.openKeys.includes('run/start'))
})

test('freeze holds calls and effects; thaw lets them go on', async () => {
  const { runtime, fleet, hosts, servers, tokens, guest, blank } = await scene(1)
  const start = { tokens: tokens('run/start'), ...guest('i-2-3-VM', await blank()) }
  first(hosts).freeze()
  const call = first(servers).peer().call('vm.start', start)
  await runtime.advance(5000)
  assert.deepEqual(fleet.domains(), [])
  first(hosts).thaw()
  assert.equal((await runtime.settle(call)).state, 'running')
})

test('a pulled cable: pings stop, the agent comes back once it is healed', async () => {
  const { runtime, hosts, servers, up } = await scene(1)
  await runtime.advance(3000)
  const pings = first(servers).pings.length
  assert.ok(pings > 0)
  first(hosts).cut()
  await runtime.advance(60_000)
  assert.equal(first(servers).pings.length, pings)
  assert.equal(first(hosts).session()?.primary, undefined)
  const hellos = first(servers).hellos.length
  first(hosts).heal()
  await up()
  assert.equal(first(servers).hellos.length, hellos + 1)
})

test('a full agent disk refuses new work and touches no guest; a full pool takes no volume', async () => {
  const { runtime, fleet, hosts, servers, tokens, guest, blank } = await scene(1)
  const peer = first(servers).peer()
  await runtime.settle(peer.call('vm.start', { tokens: tokens('run/start'), ...guest('i-2-3-VM', await blank()) }))
  const create = (): Promise<unknown> =>
    peer.call('volume.create', {
      tokens: tokens(`v/${runtime.uuid()}`),
      pool,
      volume: { uuid: runtime.uuid(), sizeBytes: 1 << 20, format: 'qcow2' },
    })
  first(hosts).fillDisk()
  await assert.rejects(runtime.settle(create()), { code: 'agent.disk-full', rpcCode: -32003 })
  first(hosts).freeDisk()
  fleet.directory(pool).fault = 'full'
  await assert.rejects(runtime.settle(create()), { code: 'pool.full' })
  fleet.directory(pool).fault = 'hangs'
  await assert.rejects(runtime.settle(create()), { code: 'pool.unreachable' })
  fleet.directory(pool).fault = 'none'
  await runtime.settle(create())
  assert.equal(fleet.domains().length, 1)
})

test('the oracle sees a VM that runs twice, its disk with two writers, and a disk removed under it', async () => {
  const { runtime, fleet, servers, tokens, guest, blank } = await scene(2)
  const volumeUuid = await blank()
  const { vm, spec } = guest('i-2-3-VM', volumeUuid)
  for (const [index, server] of servers.entries()) {
    await runtime.settle(server.peer().call('vm.start', { tokens: tokens(`run/${index}`), vm, spec }))
  }
  assert.deepEqual(
    fleet.violations().map(({ kind }) => kind),
    ['vm-twice', 'two-writers'],
  )
  await runtime.settle(
    first(servers)
      .peer()
      .call('vm.stop', { tokens: tokens('run/stop'), vm, graceMs: 0 }),
  )
  await runtime.settle(first(servers).peer().call('job.poll', { key: 'run/stop', waitMs: 1000 }))
  await runtime.settle(
    first(servers)
      .peer()
      .call('volume.remove', { tokens: tokens('run/remove'), pool, volumeUuid }),
  )
  assert.equal(fleet.violations().at(-1)?.kind, 'removed-in-use')
})

test('migration: reports from both sides, no violation; an abort leaves the guest on its source', async () => {
  const { runtime, fleet, hosts, servers, tokens, guest, blank } = await scene(2)
  const [source, target] = servers as [TestServer, TestServer]
  const { vm, spec } = guest('i-2-3-VM', await blank())
  await runtime.settle(source.peer().call('vm.start', { tokens: tokens('run/start'), vm, spec }))
  const moving = { ...vm, generation: 2 }
  const prepared = await runtime.settle(
    target.peer().call('vm.migration.prepare', { tokens: tokens('m/prepare'), vm: moving, spec, source: 'x' }),
  )
  const move = (key: string): Promise<unknown> =>
    source.peer().call('vm.migration.start', { tokens: tokens(key), vm: moving, ...prepared, autoConverge: false })
  const end = (key: string) => source.peer().call('job.poll', { key, waitMs: 20_000 })

  await runtime.settle(move('m/first'))
  await runtime.advance(30)
  const aborted = source.peer().call('vm.migration.abort', { tokens: tokens('m/abort'), vm: moving })
  assert.deepEqual(await runtime.settle(aborted), { aborted: true })
  assert.equal((await runtime.settle(end('m/first'))).error?.code, 'vm.migration-aborted')
  assert.deepEqual(
    fleet.domains().map(({ host, state }) => [host, state]),
    [['sim1', 'running']],
  )

  // The agent of the source dies on the way; the migration goes on without it.
  await runtime.settle(move('m/second'))
  await runtime.advance(30)
  first(hosts).restart()
  await runtime.run(() => first(hosts).session()?.primary !== undefined)
  const over = await runtime.settle(end('m/second'))
  assert.ok(over.state === 'done' || over.error?.code === 'vm.migration-unknown', JSON.stringify(over))
  await runtime.run(() => fleet.domains().length === 1 && fleet.domains()[0]?.host === 'sim2')
  await runtime.advance(100)
  assert.deepEqual(target.domainReports.map(({ domain, cause }) => [cause, domain.power]).at(-1), [
    'resumed-migrated',
    'PowerOn',
  ])
  assert.deepEqual(fleet.violations(), [])
})

test('migration: a power cut of the destination leaves the guest running on its source', async () => {
  const { runtime, fleet, hosts, servers, tokens, guest, blank } = await scene(2)
  const [source] = servers as [TestServer]
  const { vm, spec } = guest('i-2-3-VM', await blank())
  await runtime.settle(source.peer().call('vm.start', { tokens: tokens('run/start'), vm, spec }))
  const uri = `simulator://${hosts[1]?.profile.address}/system`
  const move = {
    tokens: tokens('m/move'),
    vm: { ...vm, generation: 2 },
    uri,
    migrateUri: 'tcp://x',
    autoConverge: true,
  }
  await runtime.settle(source.peer().call('vm.migration.start', move))
  await runtime.advance(30)
  hosts[1]?.powerOff()
  const over = await runtime.settle(source.peer().call('job.poll', { key: 'm/move', waitMs: 20_000 }))
  assert.equal(over.error?.code, 'vm.migration')
  assert.equal(over.error?.effectPossible, false)
  assert.deepEqual(
    fleet.domains().map(({ host, state }) => [host, state]),
    [['sim1', 'running']],
  )
})

test('a guest that ends by itself is reported; a deaf one is destroyed after its grace', async () => {
  const { runtime, hosts, servers, tokens, guest, blank } = await scene(1)
  const server = first(servers)
  const one = guest('i-2-3-VM', await blank())
  const two = guest('i-2-4-VM', await blank())
  await runtime.settle(server.peer().call('vm.start', { tokens: tokens('a/start'), ...one }))
  await runtime.settle(server.peer().call('vm.start', { tokens: tokens('b/start'), ...two }))
  first(hosts).endGuest('i-2-3-VM', 'crashed')
  await runtime.advance(10)
  const { domain, cause } = server.domainReports.at(-1) as Params<'report.domain'>
  assert.deepEqual(
    [domain.instanceName, domain.power, domain.generation, cause],
    ['i-2-3-VM', 'PowerOff', 1, 'stopped-crashed'],
  )
  first(hosts).deafen('i-2-4-VM', true)
  await runtime.settle(server.peer().call('vm.stop', { tokens: tokens('b/stop'), vm: two.vm, graceMs: 2000 }))
  await runtime.advance(1500)
  assert.equal(first(hosts).domains().length, 1)
  const over = await runtime.settle(server.peer().call('job.poll', { key: 'b/stop', waitMs: 5000 }))
  assert.deepEqual(over.result, { how: 'destroyed' })
  assert.equal(server.jobReports.at(-1)?.state, 'done')
})

test('one seed is one execution', async () => {
  const run = async (): Promise<string> => {
    const { runtime, fleet, hosts, servers, tokens, guest, blank } = await scene(2, 99)
    first(hosts).fail('*', { when: 'before-effect', rate: 0.5 })
    const seen: string[] = []
    for (let at = 0; at < 20; at++) {
      const { vm, spec } = guest(`i-2-${at}-VM`, await blank(1))
      const call = first(servers)
        .peer()
        .call('vm.start', { tokens: tokens(`r${at}/start`), vm, spec })
      seen.push(
        await runtime.settle(
          call.then(
            ({ vncPort }) => `${vncPort}`,
            (error) => error.code,
          ),
        ),
      )
    }
    return `${seen.join()} ${runtime.now()} ${JSON.stringify(fleet.domains())}`
  }
  const text = await run()
  assert.match(text, /agent\.libvirt/)
  assert.match(text, /590/)
  assert.equal(await run(), text)
})
