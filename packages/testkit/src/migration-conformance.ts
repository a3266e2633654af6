import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ConformanceHost,
  type ConformanceOptions,
  connect,
  guest,
  refused,
  runtime,
  tokens,
} from './conformance-host.ts'

/** A guest moves between two hosts, with a disk that only the source reaches. */
export function describeMigration(
  name: string,
  makePair: NonNullable<ConformanceOptions['makePair']>,
  skip: string | false,
  withoutNics: boolean,
): void {
  test(`host contract: ${name}: a guest moves live between two hosts and runs on exactly one`, { skip }, async () => {
    const { source, target } = await makePair()
    try {
      const from = connect(source)
      const to = connect(target)
      await from.call('pool.attach', { tokens: tokens(), pool: source.pool, create: true })
      await to.call('pool.attach', { tokens: tokens(), pool: target.pool, create: false })
      const volumeUuid = runtime.uuid()
      await from.call('volume.create', {
        tokens: tokens(),
        pool: source.pool,
        volume: { uuid: volumeUuid, sizeBytes: 1 << 20, format: 'qcow2' },
      })
      // A second disk on storage that only the source has: it goes along.
      const local = (host: ConformanceHost, name: string) =>
        ({ uuid: runtime.uuid(), type: 'Filesystem', path: `${host.pool.path}-${name}` }) as const
      const here = local(source, 'here')
      const there = local(target, 'there')
      await from.call('pool.attach', { tokens: tokens(), pool: here, create: true })
      await to.call('pool.attach', { tokens: tokens(), pool: there, create: true })
      const data = runtime.uuid()
      await from.call('volume.create', {
        tokens: tokens(),
        pool: here,
        volume: { uuid: data, sizeBytes: 1 << 20, format: 'qcow2' },
      })
      const { vm, spec: whole } = guest(source, 'i-2-20-VM', volumeUuid)
      const disk = { volumeUuid: data, pool: here, format: 'qcow2', deviceId: 1, bus: 'virtio', cache: 'none' } as const
      const spec = { ...whole, disks: [...whole.disks, disk], ...(withoutNics ? { nics: [] } : {}) }
      const started = await from.call('vm.start', { tokens: tokens(), vm, spec })
      const later = { ...vm, generation: 2 }
      const disks = [...whole.disks, { ...disk, pool: there }]
      const arriving = { ...spec, disks, machineType: started.machineType, cpuXml: started.cpuXml }
      const lacking = (await to.call('vm.migration.check', { spec: arriving })).refusals
      assert.deepEqual(
        lacking.map(({ code }) => code),
        ['volume.absent'],
      )
      const copies = [
        { volumeUuid: data, from: here, to: there, format: 'qcow2', sizeBytes: 1 << 20, physicalBytes: 1 } as const,
      ]
      assert.deepEqual((await to.call('vm.migration.check', { spec: arriving, copies })).refusals, [])
      const prepared = await to.call('vm.migration.prepare', {
        tokens: tokens(),
        vm: later,
        spec: arriving,
        source: 'source',
        copies,
      })
      const move = { tokens: tokens(), vm: later, ...prepared, copies, autoConverge: false }
      await from.call('vm.migration.start', move)
      const over = await from.ended(move.tokens.key)
      assert.equal(over.state, 'done', JSON.stringify(over))
      const result = over.result as Record<string, unknown>
      assert.equal(typeof result.downtimeMs, 'number')
      assert.equal(typeof result.totalMs, 'number')
      assert.deepEqual(await to.call('vm.migration.settle', { tokens: tokens(), vm: later, decision: 'keep' }), {
        state: 'running',
      })
      assert.deepEqual(await from.call('vm.migration.settle', { tokens: tokens(), vm: later, decision: 'drop' }), {
        state: 'absent',
      })
      assert.deepEqual((await from.call('vm.list', {})).domains, [])
      await assert.rejects(
        to.call('volume.remove', { tokens: tokens(), pool: there, volumeUuid: data }),
        refused('volume.in-use'),
      )
      assert.equal((await from.call('volume.stat', { pool: here, volumeUuid: data })).present, true)
      await from.call('volume.remove', { tokens: tokens(), pool: here, volumeUuid: data })
      assert.deepEqual(
        (await to.call('vm.list', {})).domains.map((one) => [one.instanceName, one.generation]),
        [['i-2-20-VM', 2]],
      )
      const stop = { tokens: tokens(), vm: later, graceMs: 0 }
      await to.call('vm.stop', stop)
      assert.equal((await to.ended(stop.tokens.key)).state, 'done')
    } finally {
      await source.stop()
      await target.stop()
    }
  })
}
