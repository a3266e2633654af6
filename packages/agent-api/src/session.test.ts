import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Runtime, systemRuntime } from '@altostack/core'
import { createPeer, type Peer } from './peer.ts'
import { type Connection, createSession, type Session } from './session.ts'

/** Servers in memory: each connection gets a real server-side peer. */
function fakeServers(pingIntervalMs: number): {
  transport: (server: string) => Promise<Connection>
  hellos: string[]
  pings: string[]
  reports: string[]
  cut(server: string): void
  refuse: Set<string>
} {
  const hellos: string[] = []
  const pings: string[] = []
  const reports: string[] = []
  const open = new Map<string, () => void>()
  const refuse = new Set<string>()
  const transport = async (server: string): Promise<Connection> => {
    if (refuse.has(server)) throw new Error('connection refused')
    let toAgent: (text: string) => void = () => {}
    let onClose: (reason: string) => void = () => {}
    const peer: Peer<'server'> = createPeer({
      role: 'server',
      runtime: systemRuntime(),
      send: (text) => queueMicrotask(() => toAgent(text)),
      handlers: {
        'server.hello': () => {
          hellos.push(server)
          return {
            hostId: 1,
            serverIncarnation: server,
            hostIncarnation: 0,
            acknowledgedIncarnation: 0,
            pingIntervalMs,
            servers: [server],
            acknowledge: [],
            settings: {},
          }
        },
        'report.ping': () => {
          pings.push(server)
          return { clock: 0, acknowledge: ['run/step'] }
        },
        'report.domains': () => {
          reports.push(server)
          return {}
        },
      },
    })
    const close = (): void => {
      peer.close('closed')
      onClose('closed')
    }
    open.set(server, close)
    return {
      send: (text) => queueMicrotask(() => peer.receive(text)),
      onText: (listener) => {
        toAgent = listener
      },
      onClose: (listener) => {
        onClose = listener
      },
      close,
    }
  }
  return { transport, hellos, pings, reports, refuse, cut: (server) => open.get(server)?.() }
}

const facts = {
  hostname: 'h',
  machineId: 'm',
  bootId: 'b',
  architecture: 'x86_64',
  os: { name: 'Debian', version: '12', kernel: '6' },
  cpu: { sockets: 1, cores: 1, mhz: 1000, model: 'x', virtualisationFlag: false },
  memoryBytes: 1,
  acceleration: { kind: 'tcg', reason: 'test' },
  hypervisor: { kind: 'Simulator', libvirt: '', qemu: '' },
  hostCpuXml: '',
  machineTypes: [],
  interfaces: [],
  address: '127.0.0.1',
  migrationAddress: '127.0.0.1',
} as const

function session(servers: string[], fake: ReturnType<typeof fakeServers>, acknowledged: string[] = []): Session {
  const runtime: Runtime = systemRuntime()
  return createSession({
    runtime,
    servers,
    transport: fake.transport,
    handlers: {},
    backoffMs: { first: 5, longest: 20 },
    hello: async () => ({
      protocol: 1,
      agentVersion: '0',
      hostUuid: '6d1f8a9e-8a52-4b0c-9a35-0f4f7d9b1c11',
      facts: { ...facts, machineTypes: [], interfaces: [] },
      checks: [],
      domains: [],
      hostIncarnation: 0,
      openKeys: [],
      clock: 0,
    }),
    ping: (sequence) => ({ sequence, clock: 0, load1: 0, memoryFreeBytes: 0, vms: 0, libvirt: 'up', pools: [] }),
    onAcknowledge: (keys) => acknowledged.push(...keys),
    onPrimary: (server) => fake.reports.push(`primary ${server}`),
  })
}

async function until(what: () => boolean): Promise<void> {
  for (let at = 0; at < 400; at++) {
    if (what()) return
    await systemRuntime().sleep(5)
  }
  assert.fail('did not happen within 2 s')
}

test('hello, pings with acknowledgements, and a new hello after the connection was cut', async () => {
  const fake = fakeServers(10)
  const acknowledged: string[] = []
  const one = session(['a:8250'], fake, acknowledged)
  one.start()
  await until(() => fake.pings.length >= 2)
  assert.deepEqual(one.connected, ['a:8250'])
  assert.ok(acknowledged.includes('run/step'))
  fake.cut('a:8250')
  assert.deepEqual(one.connected, [])
  await until(() => fake.hellos.length === 2 && one.connected.length === 1)
  one.stop('test over')
})

test('reports move to the next server when the primary goes, which is told to expect a full report', async () => {
  const fake = fakeServers(1000)
  const one = session(['a:8250', 'b:8250'], fake)
  one.start()
  await until(() => one.connected.length === 2)
  assert.equal(one.primary, 'a:8250')
  fake.refuse.add('a:8250')
  fake.cut('a:8250')
  assert.equal(one.primary, 'b:8250')
  assert.deepEqual(fake.reports, ['primary b:8250'])
  await one.report('report.domains', { domains: [], cause: 'primary' })
  assert.deepEqual(fake.reports, ['primary b:8250', 'b:8250'])
  fake.refuse.delete('a:8250')
  await until(() => one.primary === 'a:8250')
  one.setServers(['b:8250'])
  assert.deepEqual(one.connected, ['b:8250'])
  one.stop('test over')
  await assert.rejects(one.report('report.domains', { domains: [], cause: 'x' }), /no management server/)
})
