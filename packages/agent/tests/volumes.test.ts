import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Params, ParamsInput, VmSpec } from '@altostack/agent-api'
import { type AgentHost, cannotRun, guestSpec, startAgentHost, tokens, until } from './agent-host.ts'
import { guestWrite, holds } from './guest-writes.ts'

const skip = cannotRun()
const MIB = 1 << 20
let host: AgentHost
let other: { uuid: string; type: 'SharedMountPoint'; path: string }

before(async () => {
  if (skip !== false) return
  host = await startAgentHost()
  await until('libvirt answers', () => host.agent.context.libvirt.up())
  other = { uuid: randomUUID(), type: 'SharedMountPoint', path: join(host.dir, 'other') }
  mkdirSync(other.path)
  for (const pool of [host.pool, other])
    await host.agent.handlers['pool.attach']({ tokens: tokens(), pool, create: true })
})
after(async () => {
  if (skip === false) await host?.stop()
})

type Long =
  | 'volume.detach'
  | 'volume.copy'
  | 'volume.mirror'
  | 'snapshot.take'
  | 'vm.snapshot.create'
  | 'vm.snapshot.revert'
  | 'vm.snapshot.remove'

/** Calls a long method and waits for its end; rejects with what the host says. */
async function finish<N extends Long>(
  method: N,
  params: Omit<ParamsInput<N>, 'tokens'>,
): Promise<Record<string, unknown>> {
  const own = tokens()
  await (host.agent.handlers[method] as (params: unknown) => Promise<unknown>)({ ...params, tokens: own })
  for (;;) {
    const answer = await host.agent.handlers['job.poll']({ key: own.key, waitMs: 5000 })
    if (answer.state === 'done') return answer.result as Record<string, unknown>
    if (answer.state === 'failed') throw Object.assign(new Error(answer.error?.message), { code: answer.error?.code })
  }
}
async function volume(sizeBytes = 8 * MIB): Promise<string> {
  const uuid = randomUUID()
  await host.agent.handlers['volume.create']({
    tokens: tokens(),
    pool: host.pool,
    volume: { uuid, sizeBytes, format: 'qcow2' },
  })
  return uuid
}
const pathOf = (uuid: string, pool = host.pool): string => join(pool.path, uuid)
const place = (volumeUuid: string, pool = host.pool) => ({ volumeUuid, pool, format: 'qcow2' as const })
let guests = 100
async function guest(...volumes: string[]): Promise<Params<'vm.start'>['vm']> {
  const disks = volumes.map((volumeUuid, deviceId): VmSpec['disks'][number] => ({
    ...place(volumeUuid),
    deviceId,
    bus: 'scsi',
    cache: 'none',
  }))
  const spec = guestSpec(host, volumes[0]!, { instanceName: `i-2-${++guests}-VM`, disks })
  const vm = { instanceName: spec.instanceName, uuid: spec.uuid, generation: 1 }
  await host.agent.handlers['vm.start']({ tokens: tokens(), vm, spec })
  return vm
}
async function stop(vm: Params<'vm.start'>['vm']): Promise<void> {
  const own = tokens()
  await host.agent.handlers['vm.stop']({ tokens: own, vm, graceMs: 0 })
  await host.agent.handlers['job.poll']({ key: own.key, waitMs: 20_000 })
}
async function xmlOf(vm: Params<'vm.start'>['vm']): Promise<string> {
  return (await host.agent.handlers['vm.inspect']({ instanceName: vm.instanceName })).xml ?? ''
}

test('a disk is plugged into a running guest, limited, grown, taken out again; repeats and refusals', {
  skip,
}, async () => {
  const vm = await guest(await volume())
  const data = await volume()
  const disk = {
    ...place(data),
    deviceId: 2,
    bus: 'scsi' as const,
    cache: 'none' as const,
    limits: { read_iops_sec: 50 },
  }
  const attach = { tokens: tokens(), vm, disk }
  assert.deepEqual(await host.agent.handlers['volume.attach'](attach), { device: 'sdc' })
  assert.deepEqual(await host.agent.handlers['volume.attach']({ ...attach, tokens: tokens() }), { device: 'sdc' })
  assert.match(await xmlOf(vm), /<read_iops_sec>50</)
  await host.agent.handlers['volume.tune']({
    tokens: tokens(),
    vm,
    pool: host.pool,
    volumeUuid: data,
    limits: { write_bytes_sec: 1_000_000, write_bytes_sec_max: 2_000_000, write_bytes_sec_max_length: 3 },
  })
  const tuned = await xmlOf(vm)
  assert.match(tuned, /<write_bytes_sec_max_length>3</)
  assert.doesNotMatch(tuned, /read_iops_sec>50/)
  const resize = { volume: place(data), sizeBytes: 16 * MIB, shrink: false, vm }
  assert.equal((await host.agent.handlers['volume.resize']({ ...resize, tokens: tokens() })).sizeBytes, 16 * MIB)
  assert.equal((await host.agent.handlers['volume.resize']({ ...resize, tokens: tokens() })).sizeBytes, 16 * MIB)
  for (const shrink of [false, true]) {
    await assert.rejects(
      Promise.resolve(
        host.agent.handlers['volume.resize']({ ...resize, tokens: tokens(), sizeBytes: 8 * MIB, shrink }),
      ),
      { code: 'volume.shrink' },
    )
  }
  await guestWrite(host, vm.instanceName, pathOf(data), { byte: 0x5a, offset: 12 * MIB, length: MIB })
  const detach = { vm, pool: host.pool, volumeUuid: data, timeoutMs: 20_000 }
  await finish('volume.detach', detach)
  assert.doesNotMatch(await xmlOf(vm), new RegExp(data))
  await finish('volume.detach', detach)
  assert.ok(holds(pathOf(data), { byte: 0x5a, offset: 12 * MIB, length: MIB }))
  const rest = { volume: place(data), tokens: tokens(), sizeBytes: 14 * MIB }
  await assert.rejects(Promise.resolve(host.agent.handlers['volume.resize']({ ...rest, shrink: false })), {
    code: 'volume.shrink',
  })
  assert.equal(
    (await host.agent.handlers['volume.resize']({ ...rest, tokens: tokens(), shrink: true })).sizeBytes,
    14 * MIB,
  )
  await stop(vm)
})

test('a guest that does not answer keeps its disk, and that is a failure by name', { skip }, async () => {
  const root = await volume()
  const spec = guestSpec(host, root, { instanceName: `i-2-${++guests}-VM` })
  const vm = { instanceName: spec.instanceName, uuid: spec.uuid, generation: 1 }
  await host.agent.handlers['vm.start']({ tokens: tokens(), vm, spec })
  const data = await volume()
  // virtio: the guest itself must eject it, and this one has no operating system.
  await host.agent.handlers['volume.attach']({
    tokens: tokens(),
    vm,
    disk: { ...place(data), deviceId: 1, bus: 'virtio', cache: 'none' },
  })
  await assert.rejects(finish('volume.detach', { vm, pool: host.pool, volumeUuid: data, timeoutMs: 500 }), {
    code: 'volume.not-released',
  })
  await assert.rejects(
    Promise.resolve(
      host.agent.handlers['volume.attach']({
        tokens: tokens(),
        vm,
        disk: { ...place(await volume()), deviceId: 2, bus: 'ide', cache: 'none' },
      }),
    ),
    { code: 'volume.hotplug' },
  )
  await stop(vm)
})

test('a snapshot of a running guest is what the disk held at its beginning, whatever is written meanwhile', {
  skip,
}, async () => {
  const data = await volume(64 * MIB)
  const vm = await guest(await volume(), data)
  for (let at = 0; at < 32; at++)
    await guestWrite(host, vm.instanceName, pathOf(data), { byte: at + 1, offset: at * MIB, length: MIB })
  const snapshotUuid = randomUUID()
  const taking = finish('snapshot.take', { volume: place(data), snapshotUuid, vm })
  const taken = await taking
  for (let at = 0; at < 32; at++)
    await guestWrite(host, vm.instanceName, pathOf(data), { byte: 0xee, offset: at * MIB, length: MIB })
  const [name] = readdirSync(host.pool.path).filter((file) => file.includes(snapshotUuid))
  assert.ok(name?.endsWith('.partial'), String(name))
  const image = join(host.pool.path, name ?? '')
  for (let at = 0; at < 32; at++) assert.ok(holds(image, { byte: at + 1, offset: at * MIB, length: MIB }), `MiB ${at}`)
  const bytes = readFileSync(image).subarray(0, taken.sizeBytes as number)
  assert.equal(createHash('sha256').update(bytes).digest('hex'), taken.sha256)
  assert.equal(taken.virtualSizeBytes, 64 * MIB)
  await host.agent.handlers['snapshot.remove']({ tokens: tokens(), pool: host.pool, snapshotUuid, vm })
  assert.equal(existsSync(image), false)
  await stop(vm)
  const again = randomUUID()
  await finish('snapshot.take', { volume: place(data), snapshotUuid: again })
  const [rested] = readdirSync(host.pool.path).filter((file) => file.includes(again))
  assert.ok(holds(join(host.pool.path, rested ?? ''), { byte: 0xee, offset: 5 * MIB, length: MIB }))
  await host.agent.handlers['snapshot.remove']({ tokens: tokens(), pool: host.pool, snapshotUuid: again })
})

test('a disk moves to another pool at rest and under its guest, with all that is written', { skip }, async () => {
  const data = await volume()
  const vm = await guest(await volume(), data)
  await guestWrite(host, vm.instanceName, pathOf(data), { byte: 0x11, offset: 0, length: MIB })
  const end = (decision: 'turn' | 'back', turned = decision === 'turn') =>
    host.agent.handlers['volume.mirror.end']({ tokens: tokens(), vm, volume: place(data), to: other, decision, turned })
  const copied = await finish('volume.mirror', { vm, volume: place(data), to: other })
  assert.equal(copied.sizeBytes, 8 * MIB)
  // In step: what the guest writes is on both, and it goes on with either.
  await guestWrite(host, vm.instanceName, pathOf(data), { byte: 0x33, offset: 2 * MIB, length: MIB })
  assert.deepEqual(await end('back'), { moved: false })
  assert.equal(existsSync(pathOf(data, other as never)), false)
  await assert.rejects(Promise.resolve(end('turn')), { code: 'volume.copy' })
  await finish('volume.mirror', { vm, volume: place(data), to: other })
  await finish('volume.mirror', { vm, volume: place(data), to: other })
  assert.deepEqual(await end('turn'), { moved: true })
  assert.match(await xmlOf(vm), new RegExp(pathOf(data, other as never)))
  assert.deepEqual(await end('turn'), { moved: true })
  assert.deepEqual(await end('back'), { moved: true })
  await guestWrite(host, vm.instanceName, pathOf(data, other as never), { byte: 0x22, offset: MIB, length: MIB })
  await host.agent.handlers['volume.remove']({ tokens: tokens(), pool: host.pool, volumeUuid: data })
  await assert.rejects(
    Promise.resolve(host.agent.handlers['volume.remove']({ tokens: tokens(), pool: other, volumeUuid: data })),
    {
      code: 'volume.in-use',
    },
  )
  await assert.rejects(finish('volume.copy', { volume: place(data, other as never), to: host.pool }), {
    code: 'volume.in-use',
  })
  await stop(vm)
  await finish('volume.copy', { volume: place(data, other as never), to: host.pool })
  assert.ok(holds(pathOf(data), { byte: 0x11, offset: 0, length: MIB }))
  assert.ok(holds(pathOf(data), { byte: 0x22, offset: MIB, length: MIB }))
  assert.ok(holds(pathOf(data), { byte: 0x33, offset: 2 * MIB, length: MIB }))
  assert.deepEqual(
    readdirSync(other.path).filter((file) => file.endsWith('.partial')),
    [],
  )
})

test('VM snapshots inside the disks: of both at one moment, with memory, back and forth', { skip }, async () => {
  const [root, data] = [await volume(), await volume()]
  const vm = await guest(root, data)
  const disks = [place(root), place(data)]
  const write = async (byte: number): Promise<void> => {
    for (const uuid of [root, data])
      await guestWrite(host, vm.instanceName, pathOf(uuid), { byte, offset: MIB, length: MIB })
  }
  const [disk, memory] = [randomUUID(), randomUUID()]
  await write(1)
  await finish('vm.snapshot.create', { vm, disks, snapshotUuid: disk, memory: false })
  await finish('vm.snapshot.create', { vm, disks, snapshotUuid: disk, memory: false })
  await write(2)
  await finish('vm.snapshot.create', { vm, disks, snapshotUuid: memory, memory: true })
  await write(3)
  await finish('vm.snapshot.revert', { vm, disks, snapshotUuid: memory, memory: true })
  const { domain } = await host.agent.handlers['vm.inspect']({ instanceName: vm.instanceName })
  assert.equal(domain?.state, 'running')
  await finish('vm.snapshot.remove', { vm, disks, snapshotUuid: memory })
  await finish('vm.snapshot.remove', { vm, disks, snapshotUuid: memory })
  await stop(vm)
  for (const uuid of [root, data]) assert.ok(holds(pathOf(uuid), { byte: 2, offset: MIB, length: MIB }))
  await finish('vm.snapshot.revert', { disks, snapshotUuid: disk, memory: false })
  for (const uuid of [root, data]) assert.ok(holds(pathOf(uuid), { byte: 1, offset: MIB, length: MIB }))
  await assert.rejects(finish('vm.snapshot.revert', { disks, snapshotUuid: randomUUID(), memory: false }), {
    code: 'snapshot.absent',
  })
  await finish('vm.snapshot.remove', { disks, snapshotUuid: disk })
  assert.doesNotMatch(execFileSync('qemu-img', ['info', pathOf(root)]).toString(), /Snapshot list/)
})

test('a VM snapshot of a guest whose root disk is on a template; what is left of a failed one goes in any case', {
  skip,
}, async () => {
  const [template, root, data] = [randomUUID(), randomUUID(), await volume()]
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', pathOf(template), '8M'])
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', template, '-F', 'qcow2', pathOf(root)])
  const vm = await guest(root, data)
  const disks = [place(root), place(data)]
  const snapshotUuid = randomUUID()
  await guestWrite(host, vm.instanceName, pathOf(root), { byte: 7, offset: MIB, length: MIB })
  await finish('vm.snapshot.create', { vm, disks, snapshotUuid, memory: false })
  await guestWrite(host, vm.instanceName, pathOf(root), { byte: 8, offset: MIB, length: MIB })
  // The undo of a snapshot of disks of which the guest does not have one, and another is nowhere.
  const stray = await volume()
  execFileSync('qemu-img', ['snapshot', '-c', snapshotUuid, pathOf(stray)])
  await finish('vm.snapshot.remove', { vm, disks: [place(stray), place(randomUUID())], snapshotUuid })
  assert.doesNotMatch(execFileSync('qemu-img', ['info', pathOf(stray)]).toString(), /Snapshot list/)
  await stop(vm)
  await finish('vm.snapshot.revert', { disks, snapshotUuid, memory: false })
  assert.ok(holds(pathOf(root), { byte: 7, offset: MIB, length: MIB }))
  // The guest has ended since: its disks are cleared at rest.
  await finish('vm.snapshot.remove', { vm, disks, snapshotUuid })
  assert.doesNotMatch(execFileSync('qemu-img', ['info', pathOf(root)]).toString(), /Snapshot list/)
})

test('a snapshot of a disk to which nothing was written, under its guest and at rest', { skip }, async () => {
  const data = await volume()
  const vm = await guest(await volume(), data)
  for (const running of [vm, undefined]) {
    if (running === undefined) await stop(vm)
    const snapshotUuid = randomUUID()
    const taken = await finish('snapshot.take', {
      volume: place(data),
      snapshotUuid,
      ...(running === undefined ? {} : { vm: running }),
    })
    const [name] = readdirSync(host.pool.path).filter((file) => file.includes(snapshotUuid))
    const bytes = readFileSync(join(host.pool.path, name ?? ''))
    assert.ok(Number(taken.sizeBytes) <= bytes.length, `${taken.sizeBytes} bytes of ${bytes.length}`)
    const sent = bytes.subarray(0, Number(taken.sizeBytes))
    assert.equal(createHash('sha256').update(sent).digest('hex'), taken.sha256)
    await host.agent.handlers['snapshot.remove']({ tokens: tokens(), pool: host.pool, snapshotUuid })
  }
})

test('a guest that dies while its disk moves: the copy has all that it wrote', { skip }, async () => {
  const data = await volume()
  const vm = await guest(await volume(), data)
  const ask = { vm, volume: place(data), to: other }
  await finish('volume.mirror', ask)
  await guestWrite(host, vm.instanceName, pathOf(data), { byte: 0x44, offset: MIB, length: MIB })
  const domain = await host.agent.context.libvirt.find(vm.instanceName)
  // SIGKILL: neither of the two images is closed.
  await host.agent.context.libvirt.use((client) => client.domain.destroy(domain!))
  await until('the guest is gone', async () => (await host.agent.context.libvirt.find(vm.instanceName)) === undefined)
  const end = { ...ask, decision: 'turn' as const, turned: true }
  assert.deepEqual(await host.agent.handlers['volume.mirror.end']({ ...end, tokens: tokens() }), { moved: true })
  for (const at of [host.pool, other as never]) {
    assert.ok(holds(pathOf(data, at), { byte: 0x44, offset: MIB, length: MIB }))
  }
  // Nothing was decided: the copy is nobody's.
  const undecided = { ...ask, decision: 'back' as const, turned: false }
  assert.deepEqual(await host.agent.handlers['volume.mirror.end']({ ...undecided, tokens: tokens() }), { moved: false })
  assert.equal(existsSync(pathOf(data, other as never)), false)
})

test('a disk that fills up during a copy, and a pool whose mount is lost, leave nothing half done', {
  skip,
}, async () => {
  const small = { uuid: randomUUID(), type: 'SharedMountPoint' as const, path: join(host.dir, 'small') }
  mkdirSync(small.path)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'small', small.path])
  try {
    await host.agent.handlers['pool.attach']({ tokens: tokens(), pool: small, create: true })
    // What lies under it goes along: the copy is larger than what the volume itself takes.
    const [template, data] = [randomUUID(), randomUUID()]
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', pathOf(template), '16M'])
    execFileSync('qemu-io', ['-f', 'qcow2', '-c', 'write -P 9 0 12M', pathOf(template)], { stdio: 'pipe' })
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', template, '-F', 'qcow2', pathOf(data)])
    const kept = readdirSync(small.path).toSorted()
    await assert.rejects(finish('volume.copy', { volume: place(data), to: small }), { code: 'volume.copy' })
    assert.deepEqual(readdirSync(small.path).toSorted(), kept)
    await assert.rejects(finish('volume.copy', { volume: place(template), to: small }), { code: 'pool.full' })
    const fits = { uuid: randomUUID(), sizeBytes: MIB, format: 'qcow2' as const }
    await host.agent.handlers['volume.create']({ tokens: tokens(), pool: small, volume: fits })
    // The mount goes: below it lies an empty directory, in which nothing may be made.
    execFileSync('umount', ['-l', small.path])
    await assert.rejects(
      Promise.resolve(
        host.agent.handlers['volume.create']({
          tokens: tokens(),
          pool: small,
          volume: { ...fits, uuid: randomUUID() },
        }),
      ),
      { code: 'pool.marker' },
    )
    await assert.rejects(finish('volume.copy', { volume: place(data), to: small }), { code: 'pool.marker' })
    assert.deepEqual(readdirSync(small.path), [])
  } finally {
    execFileSync('sh', ['-c', 'umount -l "$1" 2>/dev/null || true', 'sh', small.path])
  }
})
