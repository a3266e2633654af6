import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { type Connection, createPeer, type DomainReport, type Params, type Peer } from '@altostack/agent-api'
import { systemRuntime } from '@altostack/core'
import { type AgentHost, cannotRun, guestSpec, startAgentHost, tokens, until } from './agent-host.ts'

const skip = cannotRun()
let host: AgentHost
const hellos: Params<'server.hello'>[] = []
const reports: DomainReport[] = []
const resyncs: string[] = []
const jobs: string[] = []
let pings = 0
let server: Peer<'server'>

/** A server in memory that hears everything. */
async function transport(): Promise<Connection> {
  let toAgent: (text: string) => void = () => {}
  server = createPeer({
    role: 'server',
    runtime: systemRuntime(),
    send: (text) => queueMicrotask(() => toAgent(text)),
    handlers: {
      'server.hello': (hello) => {
        hellos.push(hello)
        return {
          hostId: 1,
          serverIncarnation: 's',
          hostIncarnation: 0,
          acknowledgedIncarnation: 0,
          pingIntervalMs: 200,
          servers: [],
          acknowledge: [],
          settings: {},
        }
      },
      'report.ping': ({ libvirt }) => {
        if (libvirt === 'up') pings++
        return { clock: 0, acknowledge: [] }
      },
      'report.domain': ({ domain }) => {
        reports.push(domain)
        return {}
      },
      'report.domains': ({ cause }) => {
        resyncs.push(cause)
        return {}
      },
      'pool.lease': () => ({ held: true, ttlMs: 60_000 }),
      'report.password-taken': () => ({}),
      'report.stats': () => ({}),
      'report.job': ({ key, state }) => {
        jobs.push(`${key} ${state}`)
        return {}
      },
    },
  })
  const peer = server
  return {
    send: (text) => queueMicrotask(() => peer.receive(text)),
    onText: (listener) => {
      toAgent = listener
    },
    onClose: () => {},
    close: () => peer.close('closed'),
  }
}

/** The process that runs a guest, by its command line. */
function qemuOf(uuid: string): number {
  const found = readdirSync('/proc').find((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      return line.startsWith('/usr/bin/qemu-system') && line.includes(uuid)
    } catch {
      return false
    }
  })
  return Number(found)
}

before(async () => {
  if (skip === false) host = await startAgentHost({ transport })
})
after(async () => {
  if (skip === false) await host.stop()
})

test('hello says what the host is; pings follow', { skip }, async () => {
  await until('hello', () => hellos.length === 1)
  const [hello] = hellos
  assert.equal(hello?.hostUuid, host.hostUuid)
  assert.equal(hello?.facts.hypervisor.kind, 'KVM')
  assert.deepEqual(
    hello?.checks.filter((one) => one.status === 'fail').map((one) => one.name),
    ['server-port'],
  )
  assert.deepEqual(hello?.domains, [])
  await until('pings', () => pings >= 2)
})

test('power is reported by events, and by one full report after libvirtd was killed', { skip }, async () => {
  const volumeUuid = randomUUID()
  const volume = { uuid: volumeUuid, sizeBytes: 1 << 20, format: 'qcow2' as const }
  await server.call('pool.attach', { tokens: tokens(), pool: host.pool, create: true })
  await server.call('volume.create', { tokens: tokens(), pool: host.pool, volume })
  const spec = guestSpec(host, volumeUuid)
  const vm = { instanceName: spec.instanceName, uuid: spec.uuid, generation: 1 }
  await server.call('vm.start', { tokens: tokens(), vm, spec })
  await until('power on', () => reports.some((one) => one.uuid === vm.uuid && one.power === 'PowerOn'))

  await host.daemon.kill()
  await until('libvirt down', () => !host.agent.context.libvirt.up())
  await assert.rejects(server.call('vm.list', {}), { code: 'agent.libvirt-down', effectPossible: false })
  await assert.rejects(server.call('vm.start', { tokens: tokens(), vm: { ...vm, generation: 2 }, spec }), {
    code: 'agent.libvirt-down',
  })
  const { checks } = await server.call('host.check', { names: ['libvirtd'] })
  assert.equal(checks[0]?.status, 'fail')
  assert.equal(checks[0]?.code, 'check.libvirtd')
  await host.daemon.start()
  await until('resync', () => resyncs.includes('libvirt connected'))
  assert.equal((await server.call('vm.list', {})).domains[0]?.state, 'running', 'the guest was not touched')

  // A guest whose QEMU dies: nobody asked for it.
  process.kill(qemuOf(spec.uuid), 'SIGKILL')
  await until('power off', () => reports.some((one) => one.uuid === vm.uuid && one.power === 'PowerOff'))
  assert.deepEqual((await server.call('vm.list', {})).domains, [])

  const stop = { tokens: tokens(), vm: { ...vm, generation: 2 }, graceMs: 0 }
  await server.call('vm.stop', stop)
  await until('the job is announced', () => jobs.includes(`${stop.tokens.key} done`))
})
