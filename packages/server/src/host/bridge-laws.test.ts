import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '@altostack/core'
import { type LawWorld, playScenario, type SimulatedRuntime, simulatedRuntime, workflowLaws } from '@altostack/testkit'
import { createConfig } from '../config/config.ts'
import { createSecrets } from '../config/secrets.ts'
import type { ServerContext } from '../context.ts'
import { createLogger } from '../log/logger.ts'
import { openMemoryDatabase } from '../testing/memory-database.ts'
import type { withRecruit } from './recruit-host.ts'
import type { RemoteEnd } from './ssh/connect.ts'
import { hostBridgeWorkflow } from './workflows/host-bridge.ts'

type Machine = {
  readonly exec: (args: readonly string[], input?: string) => RemoteEnd
  readonly observe: () => Json
}

const seen = [
  'exists',
  'mac 52:54:00:00:00:01',
  'mtu 1500',
  'address 10.0.0.5/24',
  'backend ifupdown',
  '----8<----',
  '/etc/network/interfaces',
  'auto eth0',
  'iface eth0 inet static',
  '    address 10.0.0.5/24',
  '',
].join('\n')

/**
 * A host of one NIC under ifupdown: what the fixed scripts of the bridge do there, by their names. With `deaf` it is not
 * reached over its new bridge, and nobody stops its timer.
 */
function machine(runtime: SimulatedRuntime, deaf: boolean): Machine {
  let bridged = false
  let timer = false
  const kept = new Set<string>()
  const end = (code: number, stdout = ''): RemoteEnd => ({ code, stdout, stderr: '' }) as RemoteEnd
  const restore = (): void => {
    bridged = false
    timer = false
    kept.add('restored')
  }
  return {
    exec(args) {
      if (deaf && bridged) throw new Error('connect ETIMEDOUT')
      const name = args[0] === 'sh' ? args[3] : args[0]
      const last = String(args.at(-1))
      if (name === 'read') return end(0, bridged ? seen.replace('exists', 'exists\nport cloudbr0') : seen)
      if (name === 'test') return end(kept.has('begun') ? 0 : 1)
      if (name === 'prepare') return end(0)
      if (name === 'write') {
        kept.add(last.replace(/.*\//, ''))
        return end(0)
      }
      if (name === 'start') {
        if (kept.has('begun')) return end(0)
        assert.ok(kept.has('restore.sh') && kept.has('apply.sh') && kept.has('after.0'), 'begun before it was prepared')
        kept.add('begun')
        timer = true
        runtime.after(Number.parseInt(last, 10) * 1000, () => timer && restore())
        bridged = true
        return end(0)
      }
      if (name === 'settled') return end(bridged ? 0 : 1)
      if (name === 'systemctl') {
        timer = false
        return end(0)
      }
      if (name === 'restore') {
        if (kept.has('begun') && !kept.has('restored')) restore()
        return end(0)
      }
      throw new Error(`the model host has no ${args.join(' ')}`)
    },
    observe: () => ({ bridged, timer }),
  }
}

async function makeWorld(deaf = false): Promise<LawWorld<ServerContext>> {
  const runtime = simulatedRuntime(7)
  const { db, close } = await openMemoryDatabase(runtime)
  const secrets = createSecrets(Buffer.alloc(32, 1), runtime.randomBytes)
  const host = machine(runtime, deaf)
  const recruit: typeof withRecruit = async (_runtime, _target, body) =>
    await body({ ssh: undefined as never, asRoot: async (args) => host.exec(args) })
  const ctx = {
    runtime,
    db,
    read: db,
    secrets,
    config: await createConfig(db, secrets),
    log: createLogger({ level: 'silent' }),
    afterCommit: (task: () => void) => task(),
    recruit,
  } as unknown as ServerContext
  return {
    ctx,
    db,
    runtime,
    close,
    async observe() {
      // Whatever the host does by itself it has done by then.
      await runtime.settle(runtime.sleep(120_000))
      return host.observe()
    },
  }
}

const input = {
  address: '10.0.0.5',
  port: 22,
  username: 'root',
  ticket: null,
  hostKey: null,
  nic: 'eth0',
  bridge: 'cloudbr0',
  rollbackSeconds: 60,
}

workflowLaws(hostBridgeWorkflow, {
  makeWorld: () => makeWorld(),
  input,
  journal: {
    succeeds: ['do look', 'do arm', 'do confirm'],
    unwinds: ['do look', 'do arm', 'do confirm', 'undo arm'],
  },
})

test('a host that is lost by its bridge goes back by itself, and the run fails and says so', async () => {
  const options = { makeWorld: () => makeWorld(true), input }
  for (const faults of [[], [{ at: 'before-do', step: 'confirm', how: 'crash' } as const]]) {
    const { status, failure, observed, journal } = await playScenario(hostBridgeWorkflow, options, faults)
    assert.equal(status, 'failed')
    assert.equal(failure?.code, 'host.bridge-lost')
    assert.deepEqual(journal.at(-1), 'undo arm')
    assert.deepEqual(observed, { bridged: false, timer: false })
  }
})
