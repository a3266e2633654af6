import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type AgentHost, cannotRun, guestData, guestSpec, tokens } from './agent-host.ts'
import { startTlsPair } from './tls-pair.ts'

const skip = cannotRun()
let dir = ''
let source: AgentHost
let target: AgentHost

before(async () => {
  if (skip !== false) return
  dir = mkdtempSync(join(tmpdir(), 'alto-migration-'))
  ;({ source, target } = await startTlsPair(dir))
  await source.agent.handlers['pool.attach']({ tokens: tokens(), pool: source.pool, create: true })
  await target.agent.handlers['pool.attach']({ tokens: tokens(), pool: target.pool, create: false })
})
after(async () => {
  if (skip !== false) return
  await source?.stop()
  await target?.stop()
  rmSync(dir, { recursive: true, force: true })
})

type Ended = { state: string; result?: Record<string, unknown>; error?: { code: string; effectPossible: boolean } }
async function ended(host: AgentHost, key: string): Promise<Ended> {
  for (let at = 0; at < 200; at++) {
    const answer = await host.agent.handlers['job.poll']({ key, waitMs: 500 })
    if (answer.state !== 'running') return answer as never
  }
  throw new Error('the job does not end')
}

async function startGuest(
  name: string,
  more: Partial<ReturnType<typeof guestSpec>> = {},
): Promise<{ spec: ReturnType<typeof guestSpec>; vm: { instanceName: string; uuid: string; generation: number } }> {
  const volumeUuid = randomUUID()
  const volume = { uuid: volumeUuid, sizeBytes: 1 << 20, format: 'qcow2' as const }
  await source.agent.handlers['volume.create']({ tokens: tokens(), pool: source.pool, volume })
  const spec = guestSpec(source, volumeUuid, { instanceName: name, ...more })
  const vm = { instanceName: name, uuid: spec.uuid, generation: 1 }
  const started = await source.agent.handlers['vm.start']({ tokens: tokens(), vm, spec })
  return { spec: { ...spec, machineType: started.machineType, cpuXml: started.cpuXml }, vm }
}

async function untilMigrating(instanceName: string): Promise<void> {
  for (let at = 0; ; at++) {
    const { domains } = await source.agent.handlers['vm.list']({})
    if (domains.find((one) => one.instanceName === instanceName)?.migrating === 'outgoing') return
    assert.ok(at < 100, JSON.stringify(domains))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function untilUp(host: AgentHost): Promise<void> {
  for (let at = 0; !host.agent.context.libvirt.up(); at++) {
    assert.ok(at < 500, 'libvirt comes back')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function drop(host: AgentHost, vm: { instanceName: string; uuid: string; generation: number }): Promise<void> {
  const stop = { tokens: tokens(), vm, graceMs: 0 }
  await host.agent.handlers['vm.stop'](stop)
  await ended(host, stop.tokens.key)
}

test('a guest moves live over TLS; source and target report it rightly', { skip }, async () => {
  const drive = { guestData: guestData(), configDrive: { label: 'config-2' } }
  const { spec, vm } = await startGuest('i-2-4-VM', drive)
  const drivesOf = (one: AgentHost): number => readdirSync(one.agent.context.paths.configDriveDir).length
  const there = { ...vm, generation: 2 }
  const check = await target.agent.handlers['vm.migration.check']({ spec })
  assert.deepEqual(check.refusals, [])
  const prepared = await target.agent.handlers['vm.migration.prepare']({
    tokens: tokens(),
    vm: there,
    spec,
    source: 'x',
  })
  const start = { tokens: tokens(), vm: there, ...prepared, autoConverge: false }
  assert.deepEqual(await source.agent.handlers['vm.migration.start'](start), { accepted: true })
  const over = await ended(source, start.tokens.key)
  assert.equal(over.state, 'done', JSON.stringify(over))
  assert.equal(typeof over.result?.downtimeMs, 'number', JSON.stringify(over.result))
  assert.deepEqual((await source.agent.handlers['vm.list']({})).domains, [])
  const kept = await target.agent.handlers['vm.migration.settle']({ tokens: tokens(), vm: there, decision: 'keep' })
  assert.deepEqual(kept, { state: 'running' })
  const [moved] = (await target.agent.handlers['vm.list']({})).domains
  assert.equal(moved?.state, 'running')
  assert.equal(moved?.generation, 2)
  assert.match(
    (await target.agent.handlers['vm.inspect']({ instanceName: vm.instanceName })).xml ?? '',
    /generation=["']2["']/,
  )
  assert.deepEqual(
    await source.agent.handlers['vm.migration.settle']({ tokens: tokens(), vm: there, decision: 'drop' }),
    { state: 'absent' },
  )
  // Each host has built its own.
  assert.match(
    (await target.agent.handlers['vm.inspect']({ instanceName: vm.instanceName })).xml ?? '',
    new RegExp(`${target.agent.context.paths.configDriveDir}/i-2-4-VM-`),
  )
  assert.deepEqual([drivesOf(source), drivesOf(target)], [0, 1])
  await drop(target, there)
  assert.equal(drivesOf(target), 0)
})

test('a target that cannot be reached fails by name, the guest runs on, and the same call may be tried again', {
  skip,
}, async () => {
  const { spec, vm } = await startGuest('i-2-5-VM')
  const prepared = await target.agent.handlers['vm.migration.prepare']({ tokens: tokens(), vm, spec, source: 'x' })
  const bad = {
    tokens: tokens(),
    vm,
    uri: 'qemu+tls://127.0.0.1:1/system',
    migrateUri: prepared.migrateUri,
    autoConverge: false,
  }
  await source.agent.handlers['vm.migration.start'](bad)
  const over = await ended(source, bad.tokens.key)
  assert.equal(over.error?.code, 'vm.migration', JSON.stringify(over))
  assert.equal(over.error?.effectPossible, false)
  await source.agent.handlers['vm.migration.start'](bad)
  assert.equal(
    (await ended(source, bad.tokens.key)).error?.code,
    'vm.migration',
    'a saved failure answers until acknowledged',
  )
  assert.equal((await source.agent.handlers['vm.list']({})).domains[0]?.state, 'running')
  assert.deepEqual(await source.agent.handlers['vm.migration.settle']({ tokens: tokens(), vm, decision: 'keep' }), {
    state: 'running',
  })
  assert.deepEqual(await target.agent.handlers['vm.migration.settle']({ tokens: tokens(), vm, decision: 'drop' }), {
    state: 'absent',
  })
  assert.deepEqual(await source.agent.handlers['vm.migration.settle']({ tokens: tokens(), vm, decision: 'drop' }), {
    state: 'running',
  })
  await drop(source, vm)
})

test('an agent restart during a migration loses nothing; abort ends it with the guest on its source', {
  skip,
}, async () => {
  const { spec, vm } = await startGuest('i-2-6-VM')
  const prepared = await target.agent.handlers['vm.migration.prepare']({ tokens: tokens(), vm, spec, source: 'x' })
  const start = { tokens: tokens(), vm, ...prepared, bandwidthMiBps: 1, autoConverge: false }
  await source.agent.handlers['vm.migration.start'](start)
  await untilMigrating(vm.instanceName)
  await source.restart()
  assert.ok(source.agent.context.journal.openKeys().includes(start.tokens.key))
  const running = await source.agent.handlers['job.poll']({ key: start.tokens.key, waitMs: 0 })
  assert.equal(running.state, 'running', JSON.stringify(running))
  assert.deepEqual(await source.agent.handlers['vm.migration.abort']({ tokens: tokens(), vm }), { aborted: true })
  const over = await ended(source, start.tokens.key)
  assert.match(over.error?.code ?? '', /^vm\.migration/)
  assert.equal((await source.agent.handlers['vm.list']({})).domains[0]?.state, 'running')
  assert.deepEqual((await target.agent.handlers['vm.list']({})).domains, [])
  await drop(source, vm)
})

test('the pre-check names everything that does not fit', { skip }, async () => {
  const spec = guestSpec(target, randomUUID(), {
    machineType: 'pc-i440fx-99.9',
    memoryBytes: 2 ** 50,
    nics: [{ nicUuid: randomUUID(), deviceId: 0, mac: '02:00:00:00:00:01', bridge: 'nobridge0', model: 'virtio' }],
  })
  const { refusals } = await target.agent.handlers['vm.migration.check']({ spec })
  assert.deepEqual(refusals.map((one) => one.code).toSorted(), [
    'network.bridge',
    'vm.machine-type',
    'vm.memory',
    'volume.absent',
  ])
})

test('the pre-check names a host on which nobody listens for migrations', { skip }, async () => {
  const { settings } = target.agent.context
  const uri = settings.get('alto.migration.uri')
  settings.set({ 'alto.migration.uri': 'qemu+tls://127.0.0.1:1/system' })
  const { refusals } = await target.agent.handlers['vm.migration.check']({ spec: guestSpec(target, randomUUID()) })
  settings.set({ 'alto.migration.uri': String(uri) })
  const refusal = refusals.find((one) => one.code === 'vm.migration-port')
  assert.match(refusal?.seen ?? '', /127\.0\.0\.1:1/)
  assert.match(refusal?.fix ?? '', /libvirtd-tls\.socket/)
})

test('a target libvirtd that is killed in the middle leaves the guest on its source and no copy', {
  skip,
}, async () => {
  const { spec, vm } = await startGuest('i-2-7-VM')
  const prepared = await target.agent.handlers['vm.migration.prepare']({ tokens: tokens(), vm, spec, source: 'x' })
  const start = { tokens: tokens(), vm, ...prepared, bandwidthMiBps: 1, autoConverge: false }
  await source.agent.handlers['vm.migration.start'](start)
  await untilMigrating(vm.instanceName)
  await target.daemon.kill()
  const over = await ended(source, start.tokens.key)
  assert.equal(over.error?.code, 'vm.migration', JSON.stringify(over))
  assert.equal((await source.agent.handlers['vm.list']({})).domains[0]?.state, 'running')
  await target.daemon.start()
  await untilUp(target)
  await target.agent.handlers['vm.migration.settle']({ tokens: tokens(), vm, decision: 'drop' })
  assert.deepEqual((await target.agent.handlers['vm.list']({})).domains, [])
  await drop(source, vm)
})

test('a source libvirtd that is killed in the middle: the outcome is found out, never two copies that run', {
  skip,
}, async () => {
  const { spec, vm } = await startGuest('i-2-8-VM')
  const prepared = await target.agent.handlers['vm.migration.prepare']({ tokens: tokens(), vm, spec, source: 'x' })
  const start = { tokens: tokens(), vm, ...prepared, bandwidthMiBps: 1, autoConverge: false }
  await source.agent.handlers['vm.migration.start'](start)
  await untilMigrating(vm.instanceName)
  await source.daemon.kill()
  await source.daemon.start()
  await untilUp(source)
  const over = await ended(source, start.tokens.key)
  assert.equal(over.state, 'failed')
  assert.match(over.error?.code ?? '', /^vm\.migration/)
  const running = async (host: AgentHost): Promise<number> =>
    (await host.agent.handlers['vm.list']({})).domains.filter((one) => one.state === 'running').length
  for (let at = 0; (await running(source)) !== 1; at++) {
    assert.ok(at < 200, 'the guest goes on on its source')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await target.agent.handlers['vm.migration.settle']({ tokens: tokens(), vm, decision: 'drop' })
  assert.equal(await running(target), 0)
  await drop(source, vm)
})
