import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  type AgentCallError,
  type HostMethodName,
  methods,
  type PoolRef,
  rangesDigest,
  rpcErrorCodes,
} from '@altostack/agent-api'
import { checksConformance } from './checks-conformance.ts'
import {
  type Call,
  type ConformanceHost,
  type ConformanceOptions,
  connect,
  type Ended,
  type Guest,
  guest,
  refused,
  runtime,
  tokens,
} from './conformance-host.ts'
import { describeMigration } from './migration-conformance.ts'

export type { ConformanceHost, ConformanceOptions } from './conformance-host.ts'

/**
 * What every implementation of the host contract does alike: typed answers and refusals, journal, tokens, fencing.
 * Registers node:test tests. Tests run in order on one host, as a server would use it.
 */
export function agentConformance(
  name: string,
  makeHost: () => Promise<ConformanceHost>,
  options: ConformanceOptions = {},
): void {
  const skip = options.skip ?? false
  describe(`host contract: ${name}`, { skip }, () => {
    let host: ConformanceHost
    let call: Call
    let ended: (key: string) => Promise<Ended>
    before(async () => {
      host = await makeHost()
      ;({ call, ended } = connect(host))
    })
    after(() => host?.stop())

    const blank = async (): Promise<string> => {
      const uuid = runtime.uuid()
      await call('volume.create', {
        tokens: tokens(),
        pool: host.pool,
        volume: { uuid, sizeBytes: 1 << 20, format: 'qcow2' },
      })
      return uuid
    }
    const end = async (vm: Guest['vm'], over = {}): Promise<Ended> => {
      const stop = { tokens: tokens(over), vm, graceMs: 0 }
      await call('vm.stop', stop)
      return await ended(stop.tokens.key)
    }

    test('every method of the contract has a handler and refuses params that are none', async () => {
      for (const [method, definition] of Object.entries(methods)) {
        if (definition.direction !== 'server-to-agent') continue
        assert.equal(typeof host.handlers()[method as HostMethodName], 'function', method)
      }
      await assert.rejects(call('volume.stat', { pool: host.pool, volumeUuid: 'no uuid' }), { code: 'agent.params' })
    })

    checksConformance(() => ({ call, bridge: host.bridge }), refused)

    test('pool: created, attached again, told from another, listed, measured', async () => {
      const { pool } = host
      await assert.rejects(call('pool.attach', { tokens: tokens(), pool, create: false }), (error) => {
        return refused((error as AgentCallError).code === 'pool.marker' ? 'pool.marker' : 'pool.path')(error)
      })
      const space = await call('pool.attach', { tokens: tokens(), pool, create: true })
      assert.ok(space.capacityBytes > 0 && space.availableBytes <= space.capacityBytes)
      await assert.rejects(
        call('pool.attach', { tokens: tokens(), pool: { ...pool, uuid: runtime.uuid() }, create: false }),
        refused('pool.marker'),
      )
      await assert.rejects(
        call('pool.stats', { pool: { ...pool, uuid: runtime.uuid(), path: `${pool.path}-nowhere` } }),
        refused('pool.path'),
      )
      assert.equal((await call('pool.stats', { pool })).capacityBytes, space.capacityBytes)
      assert.deepEqual((await call('pool.list', { pool })).files, [])
    })

    test('pool: an empty one that is released may become another; one with a volume keeps its marker', async () => {
      const { pool } = host
      const other = { ...pool, uuid: runtime.uuid() }
      const attach = (to: PoolRef) => call('pool.attach', { tokens: tokens(), pool: to, create: true })
      const release = (from: PoolRef) => call('pool.detach', { tokens: tokens(), pool: from, release: true })
      const volumeUuid = await blank()
      await release(pool)
      await assert.rejects(attach(other), refused('pool.marker'))
      await attach(pool)
      await call('volume.remove', { tokens: tokens(), pool, volumeUuid })
      await release(pool)
      await attach(other)
      await release(other)
      await attach(pool)
    })

    test('volume: created once whatever is repeated, measured, refused when another has the name, removed', async () => {
      const { pool } = host
      const volume = { uuid: runtime.uuid(), sizeBytes: 3 << 20, format: 'qcow2' as const }
      const create = { tokens: tokens(), pool, volume }
      const made = await call('volume.create', create)
      assert.equal(made.sizeBytes, 3 << 20)
      assert.deepEqual(await call('volume.create', create), made)
      assert.equal((await call('volume.create', { ...create, tokens: tokens() })).sizeBytes, made.sizeBytes)
      await assert.rejects(
        call('volume.create', { tokens: tokens(), pool, volume: { ...volume, sizeBytes: 5 << 20 } }),
        refused('volume.conflict'),
      )
      await assert.rejects(
        call('volume.create', {
          tokens: tokens(),
          pool,
          volume: { ...volume, uuid: runtime.uuid(), templateUuid: runtime.uuid() },
        }),
        refused('template.absent'),
      )
      const stat = await call('volume.stat', { pool, volumeUuid: volume.uuid })
      assert.deepEqual({ present: stat.present, sizeBytes: stat.sizeBytes }, { present: true, sizeBytes: 3 << 20 })
      assert.deepEqual(
        (await call('pool.list', { pool })).files.map((file) => [file.name, file.kind]),
        [[volume.uuid, 'volume']],
      )
      await call('volume.remove', { tokens: tokens(), pool, volumeUuid: volume.uuid })
      await call('volume.remove', { tokens: tokens(), pool, volumeUuid: volume.uuid })
      assert.equal((await call('volume.stat', { pool, volumeUuid: volume.uuid })).present, false)
    })

    test('volume: let go of under a name, seen as a loose file, adopted once whatever is repeated', async () => {
      const { pool } = host
      const volumeUuid = await blank()
      const { sizeBytes } = await call('volume.stat', { pool, volumeUuid })
      const name = 'by-hand.img'
      for (let at = 0; at < 2; at++) await call('volume.release', { tokens: tokens(), pool, name, volumeUuid })
      assert.equal((await call('volume.stat', { pool, volumeUuid })).present, false)
      const [seen] = (await call('volume.unmanaged', { pool, name })).files
      assert.deepEqual([seen?.name, seen?.format, seen?.virtualSizeBytes], [name, 'qcow2', sizeBytes])
      assert.deepEqual((await call('volume.unmanaged', { pool, name: 'none' })).files, [])
      const adopt = { tokens: tokens(), pool, name, volumeUuid, format: 'qcow2' as const, virtualSizeBytes: sizeBytes }
      await assert.rejects(
        call('volume.adopt', { ...adopt, tokens: tokens(), virtualSizeBytes: sizeBytes + 512 }),
        refused('template.unsafe'),
      )
      await assert.rejects(
        call('volume.adopt', { ...adopt, tokens: tokens(), name: 'none', volumeUuid: runtime.uuid() }),
        refused('volume.absent'),
      )
      const made = await call('volume.adopt', adopt)
      assert.deepEqual(await call('volume.adopt', adopt), made)
      await call('volume.adopt', { ...adopt, tokens: tokens() })
      assert.equal((await call('volume.stat', { pool, volumeUuid })).sizeBytes, sizeBytes)
      for (const path of ['../x', 'a/b', '.altostack-pool', '/etc/shadow', '']) {
        await assert.rejects(call('volume.unmanaged', { pool, name: path }), { code: 'agent.params' }, path)
      }
      await call('volume.remove', { tokens: tokens(), pool, volumeUuid })
      assert.deepEqual((await call('pool.list', { pool })).files, [])
    })

    test('template: installed once a pool, base of volumes, kept while one is based on it', async () => {
      const { pool, template } = host
      const install = { tokens: tokens(), pool, template }
      assert.deepEqual(await call('template.install', install), { accepted: true })
      const over = await ended(install.tokens.key)
      assert.equal(over.state, 'done', JSON.stringify(over))
      const again = { ...install, tokens: tokens() }
      await call('template.install', again)
      assert.equal((await ended(again.tokens.key)).state, 'done')
      const volume = {
        uuid: runtime.uuid(),
        sizeBytes: template.virtualSizeBytes,
        format: 'qcow2' as const,
        templateUuid: template.uuid,
      }
      await call('volume.create', { tokens: tokens(), pool, volume })
      const kinds = (await call('pool.list', { pool })).files.map((file) => [file.name, file.kind]).toSorted()
      assert.deepEqual(
        kinds,
        [
          [template.uuid, 'template'],
          [volume.uuid, 'volume'],
        ].toSorted(),
      )
      const remove = (): Promise<unknown> =>
        call('template.remove', { tokens: tokens(), pool, templateUuid: template.uuid })
      await assert.rejects(remove(), refused('template.in-use'))
      await call('volume.remove', { tokens: tokens(), pool, volumeUuid: volume.uuid })
      await remove()
      await remove()
      assert.deepEqual((await call('pool.list', { pool })).files, [])
    })

    test('guest: started, seen, not started twice, its disk kept, rebooted, stopped', async () => {
      const volumeUuid = await blank()
      const { vm, spec } = guest(host, 'i-2-10-VM', volumeUuid)
      const start = { tokens: tokens(), vm, spec }
      const started = await call('vm.start', start)
      assert.equal(started.state, 'running')
      assert.ok(started.machineType !== '' && started.vncPort > 0)
      assert.deepEqual(await call('vm.start', start), started)
      assert.deepEqual(await call('vm.start', { ...start, tokens: tokens() }), started)
      const [seen] = (await call('vm.list', {})).domains
      assert.deepEqual(
        {
          name: seen?.instanceName,
          uuid: seen?.uuid,
          power: seen?.power,
          generation: seen?.generation,
          migrating: seen?.migrating,
        },
        { name: 'i-2-10-VM', uuid: vm.uuid, power: 'PowerOn', generation: 1, migrating: 'none' },
      )
      assert.equal((await call('vm.inspect', { instanceName: vm.instanceName })).vncPort, started.vncPort)
      await assert.rejects(
        call('volume.remove', { tokens: tokens(), pool: host.pool, volumeUuid }),
        refused('volume.in-use'),
      )
      const twin = guest(host, 'i-2-10-VM', volumeUuid)
      await assert.rejects(call('vm.start', { tokens: tokens(), ...twin }), refused('vm.present'))
      const reboot = { tokens: tokens(), vm, forced: true, graceMs: 0 }
      await call('vm.reboot', reboot)
      assert.equal((await ended(reboot.tokens.key)).state, 'done')
      assert.equal((await end(vm)).state, 'done')
      assert.deepEqual((await call('vm.list', {})).domains, [])
      assert.equal((await call('vm.inspect', { instanceName: vm.instanceName })).present, false)
      assert.equal((await end(vm)).state, 'done')
      await call('volume.remove', { tokens: tokens(), pool: host.pool, volumeUuid })
    })

    test('NICs: plugged into a running guest, there already, a missing bridge named, none for a guest that is gone', async () => {
      const volumeUuid = await blank()
      const { vm, spec } = guest(host, 'i-2-18-VM', volumeUuid)
      await call('vm.start', { tokens: tokens(), vm, spec })
      const second = { nicUuid: runtime.uuid(), deviceId: 1, mac: '02:00:5e:00:00:02', bridge: host.bridge }
      const nics = [...spec.nics, second]
      const change = { tokens: tokens(), vm, nics }
      const plugged = { plugged: [second.mac], unplugged: [] }
      assert.deepEqual(await call('vm.nics', change), plugged)
      assert.deepEqual(await call('vm.nics', change), plugged, 'from the journal')
      assert.deepEqual(await call('vm.nics', { ...change, tokens: tokens() }), { plugged: [], unplugged: [] })
      const nowhere = [...nics, { ...second, nicUuid: runtime.uuid(), mac: '02:00:5e:00:00:03', bridge: 'nobridge0' }]
      await assert.rejects(call('vm.nics', { tokens: tokens(), vm, nics: nowhere }), refused('network.bridge'))
      const huge = nics.map((nic) => ({ ...nic, mtu: 9216 }))
      await assert.rejects(call('vm.nics', { tokens: tokens(), vm, nics: huge }), refused('network.mtu'))
      await end(vm)
      await assert.rejects(call('vm.nics', { tokens: tokens(), vm, nics }), refused('vm.absent'))
      await call('volume.remove', { tokens: tokens(), pool: host.pool, volumeUuid })
      for (const peers of [['10.0.0.2', '10.0.0.3'], []]) await call('network.peers', { peers })
      const protectedAddresses = ['10.0.0.2-10.0.0.9', '10.0.0.11']
      await call('network.apply', { protectedAddresses })
      assert.equal(host.protectedDigest(), rangesDigest(protectedAddresses))
      await call('network.apply', {})
      await host.crash()
      assert.equal(host.protectedDigest(), rangesDigest(protectedAddresses), 'kept where nothing was said')
      for (const wrong of ['10.0.0.9-10.0.0.2', '10.0.0.0/24', '0.0.0.0-255.255.255.255']) {
        await assert.rejects(call('network.apply', { protectedAddresses: [wrong] }), { code: 'agent.params' })
      }
      await call('network.apply', { protectedAddresses: [] })
      assert.equal(host.protectedDigest(), '')
      await call('network.verify', {})
    })

    test('CD drive: empty at first, a disc put in and taken out, one that is not there named, kept while a guest has it', async () => {
      const volumeUuid = await blank()
      const { pool, iso } = host
      const { vm, spec } = guest(host, 'i-2-19-VM', volumeUuid)
      const disc = { uuid: iso.uuid, pool }
      await assert.rejects(
        call('vm.start', { tokens: tokens(), vm, spec: { ...spec, cdrom: disc } }),
        refused('template.absent'),
      )
      await call('vm.start', { tokens: tokens(), vm, spec })
      const change = { vm, iso: disc, force: false }
      await assert.rejects(call('vm.cdrom', { tokens: tokens(), ...change }), refused('template.absent'))
      // A volume is no disc: a guest would read another's disk.
      const stranger = { ...change, iso: { uuid: await blank(), pool } }
      await assert.rejects(call('vm.cdrom', { tokens: tokens(), ...stranger }), refused('template.absent'))
      const install = { tokens: tokens(), pool, template: iso }
      await call('template.install', install)
      assert.equal((await ended(install.tokens.key)).state, 'done')
      for (const _ of [1, 2]) await call('vm.cdrom', { tokens: tokens(), ...change })
      const remove = () => call('template.remove', { tokens: tokens(), pool, templateUuid: iso.uuid })
      await assert.rejects(remove(), refused('template.in-use'))
      for (const _ of [1, 2]) await call('vm.cdrom', { tokens: tokens(), vm, force: true })
      await end(vm)
      await assert.rejects(call('vm.cdrom', { tokens: tokens(), ...change }), refused('vm.absent'))
      const next = { tokens: tokens(), vm: { ...vm, generation: 2 }, spec: { ...spec, cdrom: disc } }
      await call('vm.start', next)
      await assert.rejects(remove(), refused('template.in-use'))
      await end(next.vm)
      await remove()
      for (const uuid of [volumeUuid, stranger.iso.uuid]) {
        await call('volume.remove', { tokens: tokens(), pool, volumeUuid: uuid })
      }
    })

    test('guest: a missing disk or bridge is named, and nothing is left of the attempt', async () => {
      const missing = guest(host, 'i-2-11-VM', runtime.uuid())
      await assert.rejects(call('vm.start', { tokens: tokens(), ...missing }), refused('volume.absent'))
      const volumeUuid = await blank()
      const { vm, spec } = guest(host, 'i-2-11-VM', volumeUuid)
      const nowhere = { ...spec, nics: spec.nics.map((nic) => ({ ...nic, bridge: 'nobridge0' })) }
      const start = { tokens: tokens(), vm, spec: nowhere }
      await assert.rejects(call('vm.start', start), refused('network.bridge'))
      assert.deepEqual((await call('vm.list', {})).domains, [])
      // A refused key may be tried again: the reason may have gone.
      assert.equal((await call('vm.start', { ...start, spec })).state, 'running')
      await end(vm)
      await call('volume.remove', { tokens: tokens(), pool: host.pool, volumeUuid })
    })

    test('journal: outcomes answer again after a crash until they are acknowledged', async () => {
      const volumeUuid = await blank()
      const { vm, spec } = guest(host, 'i-2-12-VM', volumeUuid)
      const start = { tokens: tokens(), vm, spec }
      const started = await call('vm.start', start)
      await host.crash()
      assert.ok(host.openKeys().includes(start.tokens.key))
      assert.deepEqual(await call('vm.start', start), started)
      assert.equal((await call('vm.list', {})).domains.length, 1)
      const stop = { tokens: tokens(), vm, graceMs: 0 }
      await call('vm.stop', stop)
      const over = await ended(stop.tokens.key)
      await host.crash()
      assert.deepEqual(await call('job.poll', { key: stop.tokens.key, waitMs: 0 }), over)
      await call('journal.acknowledge', { keys: [stop.tokens.key, start.tokens.key, 'unknown/key'] })
      assert.equal((await call('job.poll', { key: stop.tokens.key, waitMs: 0 })).state, 'unknown')
      assert.ok(!host.openKeys().includes(start.tokens.key))
      await call('volume.remove', { tokens: tokens(), pool: host.pool, volumeUuid })
    })

    test('journal: a failed long call answers its failure until it is acknowledged, then it runs again', async () => {
      const volumeUuid = await blank()
      const { vm, spec } = guest(host, 'i-2-13-VM', volumeUuid)
      const reboot = { tokens: tokens(), vm, forced: true, graceMs: 0 }
      await call('vm.reboot', reboot)
      assert.equal((await ended(reboot.tokens.key)).error?.code, 'vm.absent')
      await call('vm.start', { tokens: tokens(), vm, spec })
      await call('vm.reboot', reboot)
      assert.equal((await ended(reboot.tokens.key)).error?.code, 'vm.absent')
      await call('journal.acknowledge', { keys: [reboot.tokens.key] })
      await call('vm.reboot', reboot)
      assert.equal((await ended(reboot.tokens.key)).state, 'done')
      await end(vm)
      await call('volume.remove', { tokens: tokens(), pool: host.pool, volumeUuid })
    })

    test('tokens: an older epoch, generation or another incarnation is refused, on disk too', async () => {
      const volumeUuid = await blank()
      const { vm, spec } = guest(host, 'i-2-14-VM', volumeUuid)
      const runId = runtime.uuid()
      const newer = { ...vm, generation: 5 }
      await call('vm.start', { tokens: tokens({ runId, runEpoch: 3 }), vm: newer, spec })
      await host.crash()
      const stale = (over: object, who = newer): Promise<unknown> =>
        call('vm.stop', { tokens: tokens(over), vm: who, graceMs: 0 })
      await assert.rejects(stale({ runId, runEpoch: 2 }), refused('agent.stale-token', rpcErrorCodes.staleToken))
      await assert.rejects(stale({}, { ...vm, generation: 4 }), refused('agent.stale-token', rpcErrorCodes.staleToken))
      await assert.rejects(
        call('volume.create', {
          tokens: tokens({ hostIncarnation: 7 }),
          pool: host.pool,
          volume: { uuid: runtime.uuid(), sizeBytes: 1 << 20, format: 'qcow2' },
        }),
        refused('agent.stale-token', rpcErrorCodes.staleToken),
      )
      assert.equal((await call('vm.list', {})).domains.length, 1)
      assert.equal((await end({ ...vm, generation: 6 })).state, 'done')
      await call('volume.remove', { tokens: tokens(), pool: host.pool, volumeUuid })
    })

    test('migration, one side alone: refusals by name; nothing to abort, settle or move', async () => {
      const { vm, spec } = guest(host, 'i-2-15-VM', runtime.uuid())
      const wrong = { ...spec, memoryBytes: 2 ** 52, nics: spec.nics.map((nic) => ({ ...nic, bridge: 'nobridge0' })) }
      const codes = (await call('vm.migration.check', { spec: wrong })).refusals.map((refusal) => refusal.code)
      // Alone, a host need not listen for others.
      const others = codes.filter((code) => code !== 'vm.migration-port')
      assert.deepEqual(others.toSorted(), ['network.bridge', 'vm.memory', 'volume.absent'])
      assert.deepEqual(await call('vm.migration.abort', { tokens: tokens(), vm }), { aborted: false })
      for (const decision of ['keep', 'drop'] as const) {
        assert.deepEqual(await call('vm.migration.settle', { tokens: tokens(), vm, decision }), { state: 'absent' })
      }
      const move = {
        tokens: tokens(),
        vm,
        uri: 'qemu+tls://127.0.0.1/system',
        migrateUri: 'tcp://127.0.0.1',
        autoConverge: false,
      }
      await call('vm.migration.start', move)
      assert.equal((await ended(move.tokens.key)).error?.code, 'vm.absent')
    })

    test('fence: only reports and ends until the new incarnation is acknowledged; guests not kept are ended', async () => {
      const [one, two] = [await blank(), await blank()]
      const [kept, lost] = [guest(host, 'i-2-16-VM', one), guest(host, 'i-2-17-VM', two)]
      await call('vm.start', { tokens: tokens(), ...kept })
      await call('vm.start', { tokens: tokens(), ...lost })
      host.hear(1, 0)
      await host.crash()
      const create = (over: object): Promise<unknown> =>
        call('volume.create', {
          tokens: tokens(over),
          pool: host.pool,
          volume: { uuid: runtime.uuid(), sizeBytes: 1 << 20, format: 'qcow2' },
        })
      await assert.rejects(create({}), refused('agent.fenced', rpcErrorCodes.fenced))
      await assert.rejects(create({ hostIncarnation: 1 }), refused('agent.fenced', rpcErrorCodes.fenced))
      await assert.rejects(call('pool.stats', { pool: host.pool }), refused('agent.fenced', rpcErrorCodes.fenced))
      assert.equal((await call('vm.list', {})).domains.length, 2)
      const { ended: gone } = await call('host.fence', { hostIncarnation: 1, keep: [kept.vm] })
      assert.deepEqual(gone, ['i-2-17-VM'])
      assert.deepEqual(await call('host.fence', { hostIncarnation: 1, keep: [] }), { ended: [] })
      assert.deepEqual(
        (await call('vm.list', {})).domains.map((domain) => domain.instanceName),
        ['i-2-16-VM'],
      )
      await assert.rejects(create({}), refused('agent.stale-token', rpcErrorCodes.staleToken))
      await host.crash()
      const over = { hostIncarnation: 1 }
      assert.equal((await end(kept.vm, over)).state, 'done')
      for (const volumeUuid of [one, two])
        await call('volume.remove', { tokens: tokens(over), pool: host.pool, volumeUuid })
      await call('pool.detach', { tokens: tokens(over), pool: host.pool })
    })
  })
  if (options.makePair !== undefined) describeMigration(name, options.makePair, skip, options.oneNamespace ?? false)
}
