import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { DiskCopy, VmSpec } from '@altostack/agent-api'
import { type AgentHost, cannotRun, guestSpec, tokens, until } from './agent-host.ts'
import { guestWrite, holds } from './guest-writes.ts'
import { startTlsPair } from './tls-pair.ts'

const skip = cannotRun()
const MIB = 1 << 20
let dir = ''
let source: AgentHost
let target: AgentHost
let here: DiskCopy['from']
let there: DiskCopy['to']

before(async () => {
  if (skip !== false) return
  dir = mkdtempSync(join(tmpdir(), 'alto-disks-'))
  ;({ source, target } = await startTlsPair(dir))
  for (const host of [source, target]) {
    await until('libvirt answers', () => host.agent.context.libvirt.up())
    host.agent.context.settings.set({ 'alto.qemu.log.dir': join(host.daemon.dir, 'var/log/libvirt/qemu') })
  }
  here = { uuid: randomUUID(), type: 'Filesystem', path: join(dir, 'here') }
  there = { uuid: randomUUID(), type: 'Filesystem', path: join(dir, 'there') }
  await source.agent.handlers['pool.attach']({ tokens: tokens(), pool: here, create: true })
  await target.agent.handlers['pool.attach']({ tokens: tokens(), pool: there, create: true })
})
after(async () => {
  if (skip !== false) return
  await source?.stop()
  await target?.stop()
  rmSync(dir, { recursive: true, force: true })
})

type Ended = { state: string; result?: Record<string, unknown>; error?: { code: string; message: string } }
async function ended(host: AgentHost, key: string): Promise<Ended> {
  for (let at = 0; at < 200; at++) {
    const answer = await host.agent.handlers['job.poll']({ key, waitMs: 500 })
    if (answer.state !== 'running') return answer as never
  }
  throw new Error('the job does not end')
}

/** A guest with two disks on the pool of its host, and what it asks of the other one. */
async function guest(instanceName: string) {
  const volumes = [randomUUID(), randomUUID()]
  for (const uuid of volumes) {
    const volume = { uuid, sizeBytes: 16 * MIB, format: 'qcow2' as const }
    await source.agent.handlers['volume.create']({ tokens: tokens(), pool: here, volume })
  }
  const disks = volumes.map((volumeUuid, deviceId): VmSpec['disks'][number] => ({
    ...{ volumeUuid, pool: here, format: 'qcow2', deviceId, bus: 'scsi', cache: 'none' },
  }))
  const spec = guestSpec(source, volumes[0]!, { instanceName, disks })
  const vm = { instanceName, uuid: spec.uuid, generation: 1 }
  const started = await source.agent.handlers['vm.start']({ tokens: tokens(), vm, spec })
  const copies = volumes.map(
    (volumeUuid): DiskCopy => ({
      ...{ volumeUuid, from: here, to: there, format: 'qcow2', sizeBytes: 16 * MIB, physicalBytes: MIB },
    }),
  )
  const arriving: VmSpec = {
    ...{ ...spec, machineType: started.machineType, cpuXml: started.cpuXml },
    disks: disks.map((disk) => ({ ...disk, pool: there })),
  }
  return { vm, volumes: volumes as [string, string], copies, arriving, later: { ...vm, generation: 2 } }
}
const prepare = ({ later, arriving, copies }: Awaited<ReturnType<typeof guest>>) =>
  target.agent.handlers['vm.migration.prepare']({ tokens: tokens(), vm: later, spec: arriving, source: 'x', copies })
async function drop(host: AgentHost, vm: { instanceName: string; uuid: string; generation: number }): Promise<void> {
  const stop = { tokens: tokens(), vm, graceMs: 0 }
  await host.agent.handlers['vm.stop'](stop)
  await ended(host, stop.tokens.key)
}
const running = async (host: AgentHost): Promise<number> =>
  (await host.agent.handlers['vm.list']({})).domains.filter((one) => one.state === 'running').length

test('a guest moves live with its disks to a host that does not have its pool', { skip }, async () => {
  const made = await guest('i-2-40-VM')
  const { vm, volumes, copies, arriving, later } = made
  const first = { byte: 0x11, offset: 0, length: MIB }
  const second = { byte: 0x22, offset: 4 * MIB, length: MIB }
  await guestWrite(source, vm.instanceName, join(here.path, volumes[0]), first)
  await guestWrite(source, vm.instanceName, join(here.path, volumes[1]), second)
  const check = await target.agent.handlers['vm.migration.check']({ spec: arriving, copies })
  assert.deepEqual(check.refusals, [])
  const greedy = copies.map((copy) => ({ ...copy, physicalBytes: 2 ** 50 }))
  const full = await target.agent.handlers['vm.migration.check']({ spec: arriving, copies: greedy })
  assert.deepEqual([...new Set(full.refusals.map(({ code }) => code))], ['pool.full'])

  const prepared = await prepare(made)
  assert.deepEqual(await prepare(made), prepared)
  const start = { tokens: tokens(), vm: later, ...prepared, copies, autoConverge: false }
  await source.agent.handlers['vm.migration.start'](start)
  const over = await ended(source, start.tokens.key)
  assert.equal(over.state, 'done', JSON.stringify(over))
  assert.ok(Number(over.result?.diskTotalBytes) > 0, JSON.stringify(over.result))
  assert.deepEqual(
    await target.agent.handlers['vm.migration.settle']({ tokens: tokens(), vm: later, decision: 'keep' }),
    { state: 'running' },
  )
  assert.equal(
    (await source.agent.handlers['vm.inspect']({ instanceName: vm.instanceName })).ended,
    'migrated',
    'the source keeps how it ended',
  )
  const third = { byte: 0x33, offset: 8 * MIB, length: MIB }
  await guestWrite(target, vm.instanceName, join(there.path, volumes[0]), third)
  await assert.rejects(
    async () => await target.agent.handlers['volume.remove']({ tokens: tokens(), pool: there, volumeUuid: volumes[0] }),
    /in use/,
  )
  assert.ok(existsSync(join(here.path, volumes[0])), 'the source keeps its files until the server says otherwise')
  await drop(target, later)
  assert.ok(holds(join(there.path, volumes[0]), first))
  assert.ok(holds(join(there.path, volumes[1]), second))
  assert.ok(holds(join(there.path, volumes[0]), third))
  assert.equal(statSync(join(there.path, volumes[0])).mode & 0o777, 0o660)
  for (const volumeUuid of volumes) {
    await source.agent.handlers['volume.remove']({ tokens: tokens(), pool: here, volumeUuid })
  }
  // The whole image starts by itself: nothing lies under it.
  const alone = { ...later, generation: 3 }
  await target.agent.handlers['vm.start']({ tokens: tokens(), vm: alone, spec: arriving })
  await drop(target, alone)
})

test('an abort and a killed libvirtd of either side leave the guest with its disks on its source, and half copies that go', {
  skip,
}, async () => {
  const made = await guest('i-2-41-VM')
  const { vm, volumes, copies, later } = made
  const pattern = { byte: 0x44, offset: 0, length: 8 * MIB }
  await guestWrite(source, vm.instanceName, join(here.path, volumes[0]), pattern)
  for (const how of ['abort', 'target', 'source'] as const) {
    const prepared = await prepare(made)
    const start = { tokens: tokens(), vm: later, ...prepared, copies, bandwidthMiBps: 1, autoConverge: false }
    await source.agent.handlers['vm.migration.start'](start)
    await until('it migrates', async () =>
      (await source.agent.handlers['vm.list']({})).domains.some((one) => one.migrating === 'outgoing'),
    )
    if (how === 'abort') await source.agent.handlers['vm.migration.abort']({ tokens: tokens(), vm: later })
    else await (how === 'target' ? target : source).daemon.kill()
    if (how === 'source') await source.daemon.start()
    const over = await ended(source, start.tokens.key)
    assert.match(over.error?.code ?? '', /^vm\.migration/, JSON.stringify(over))
    await until('it runs on its source', async () => (await running(source)) === 1)
    if (how === 'target') {
      await target.daemon.start()
      await until('libvirt answers again', () => target.agent.context.libvirt.up())
    }
    await target.agent.handlers['vm.migration.settle']({ tokens: tokens(), vm: later, decision: 'drop' })
    assert.equal(await running(target), 0)
    for (const volumeUuid of volumes) {
      await target.agent.handlers['volume.remove']({ tokens: tokens(), pool: there, volumeUuid })
      assert.ok(!existsSync(join(there.path, volumeUuid)))
    }
    await source.agent.handlers['vm.migration.settle']({ tokens: tokens(), vm: later, decision: 'keep' })
  }
  await guestWrite(source, vm.instanceName, join(here.path, volumes[1]), pattern)
  await drop(source, later)
  for (const volume of volumes) assert.ok(holds(join(here.path, volume), pattern))
  const gone = await source.agent.handlers['vm.inspect']({ instanceName: vm.instanceName })
  assert.notEqual(gone.ended, 'migrated')
})
