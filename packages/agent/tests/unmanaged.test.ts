import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chownSync, existsSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type AgentHost, cannotRun, guestSpec, startAgentHost, tokens, until } from './agent-host.ts'

const skip = cannotRun()
let host: AgentHost
before(async () => {
  if (skip !== false) return
  host = await startAgentHost()
  await until('libvirt answers', async () => host.agent.context.libvirt.up())
  await host.agent.handlers['pool.attach']({ tokens: tokens(), pool: host.pool, create: true })
})
after(async () => {
  if (skip === false) await host?.stop()
})

const virsh = (...args: string[]): string =>
  execFileSync('virsh', ['-c', `qemu:///system?socket=${host.daemon.socket}`, ...args], { encoding: 'utf8' })

/** A guest as an operator makes one: defined for good, with a disk on the pool. */
async function byHand(name: string, file: string): Promise<{ uuid: string; path: string; volumeUuid: string }> {
  const volumeUuid = randomUUID()
  const volume = { uuid: volumeUuid, sizeBytes: 8 << 20, format: 'qcow2' as const }
  await host.agent.handlers['volume.create']({ tokens: tokens(), pool: host.pool, volume })
  const path = join(host.pool.path, file === '' ? volumeUuid : file)
  if (file !== '') renameSync(join(host.pool.path, volumeUuid), path)
  chownSync(path, 0, 0)
  const uuid = randomUUID()
  const xml = join(host.dir, `${name}.xml`)
  writeFileSync(
    xml,
    `<domain type='qemu'>
  <name>${name}</name><uuid>${uuid}</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/><source file='${path}'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk>
    <graphics type='vnc' autoport='yes'/>
  </devices>
</domain>`,
  )
  virsh('define', xml)
  return { uuid, path, volumeUuid }
}
async function stop(vm: { instanceName: string; uuid: string; generation: number }): Promise<void> {
  const call = { tokens: tokens(), vm, graceMs: 0 }
  await host.agent.handlers['vm.stop'](call)
  for (let at = 0; at < 60; at++) {
    if ((await host.agent.handlers['job.poll']({ key: call.tokens.key, waitMs: 500 })).state !== 'running') return
  }
}
const generationOf = async (name: string): Promise<number | undefined> =>
  (await host.agent.handlers['vm.list']({})).domains.find((one) => one.instanceName === name)?.generation

test('a running guest made by virsh is told, adopted, stopped, started as ours, and let go of while it runs', {
  skip,
}, async () => {
  const { handlers } = host.agent
  const { uuid, volumeUuid, path } = await byHand('web_1', '')
  virsh('start', 'web_1')
  const { guests } = await handlers['vm.unmanaged']({ name: 'web_1' })
  const [guest] = guests
  assert.deepEqual(
    [guest?.uuid, guest?.power, guest?.cpus, guest?.memoryBytes, guest?.bootMode, guest?.lastGeneration],
    [uuid, 'PowerOn', 1, 64 << 20, 'BIOS', 0],
  )
  assert.deepEqual(
    guest?.disks.map(({ target, bus, path: file, format, sizeBytes }) => [target, bus, file, format, sizeBytes]),
    [['vda', 'virtio', path, 'qcow2', 8 << 20]],
    'the CD-ROM is no disk',
  )
  assert.equal(await generationOf('web_1'), 0)

  const vm = { instanceName: 'web_1', uuid, generation: 1 }
  const files = [{ pool: host.pool, name: volumeUuid, volumeUuid }]
  const adopted = await handlers['vm.adopt']({ tokens: tokens(), vm, files })
  assert.equal(adopted.power, 'PowerOn')
  assert.deepEqual(await handlers['vm.adopt']({ tokens: tokens(), vm, files }), adopted, 'a repeat says the same')
  assert.equal(await generationOf('web_1'), 1)
  assert.match(virsh('dominfo', 'web_1'), /Persistent:\s+no/)

  // Undone: it is as it was, and may be taken again.
  await handlers['vm.release']({ tokens: tokens(), vm, files, restore: true })
  assert.match(virsh('dominfo', 'web_1'), /Persistent:\s+yes/)
  assert.equal(await generationOf('web_1'), 0)
  await handlers['vm.adopt']({ tokens: tokens(), vm, files })

  await stop(vm)
  assert.doesNotMatch(virsh('list', '--all'), /web_1/)
  const spec = guestSpec(host, volumeUuid, { instanceName: 'web_1', uuid })
  const later = { ...vm, generation: 2 }
  await handlers['vm.start']({ tokens: tokens(), vm: later, spec })
  const pid = virsh('domid', 'web_1').trim()
  const released = await handlers['vm.release']({ tokens: tokens(), vm: later, files: [], restore: false })
  assert.deepEqual(released, { defined: true })
  assert.deepEqual(await handlers['vm.release']({ tokens: tokens(), vm: later, files: [], restore: false }), released)
  assert.equal(virsh('domid', 'web_1').trim(), pid, 'it runs on')
  assert.match(virsh('dominfo', 'web_1'), /Persistent:\s+yes/)
  assert.doesNotMatch(virsh('dumpxml', 'web_1'), /altostack/)
  assert.equal(await generationOf('web_1'), 0)
  assert.equal((await handlers['vm.unmanaged']({ name: 'web_1' })).guests[0]?.lastGeneration, 2)
  virsh('destroy', 'web_1')
  virsh('start', 'web_1')
  virsh('destroy', 'web_1')
  virsh('undefine', 'web_1')
})

test('one that is off gets its file named after its volume; undone it has its own name again', { skip }, async () => {
  const { handlers } = host.agent
  const { uuid, path } = await byHand('db.1', 'db disk.qcow2')
  const volumeUuid = randomUUID()
  const vm = { instanceName: 'db.1', uuid, generation: 1 }
  const files = [{ pool: host.pool, name: 'db disk.qcow2', volumeUuid }]
  const ours = join(host.pool.path, volumeUuid)
  assert.deepEqual(await handlers['vm.adopt']({ tokens: tokens(), vm, files }), { power: 'PowerOff' })
  assert.deepEqual(await handlers['vm.adopt']({ tokens: tokens(), vm, files }), { power: 'PowerOff' })
  assert.deepEqual([existsSync(path), existsSync(ours)], [false, true])
  assert.doesNotMatch(virsh('list', '--all'), /db\.1/)
  await handlers['vm.release']({ tokens: tokens(), vm, files, restore: true })
  await handlers['vm.release']({ tokens: tokens(), vm, files, restore: true })
  assert.deepEqual([existsSync(path), existsSync(ours)], [true, false])
  assert.match(virsh('list', '--all'), /db\.1/)

  await handlers['vm.adopt']({ tokens: tokens(), vm, files })
  const spec = guestSpec(host, volumeUuid, { instanceName: 'db.1', uuid })
  await handlers['vm.start']({ tokens: tokens(), vm, spec })
  assert.equal(statSync(ours).mode & 0o777, 0o660)
  await stop(vm)
  // Let go of while it is off: its host has the definition.
  await handlers['vm.release']({ tokens: tokens(), vm, files: [], restore: false, spec })
  assert.match(virsh('domstate', 'db.1'), /shut off/)
  virsh('start', 'db.1')
  virsh('destroy', 'db.1')
  virsh('undefine', 'db.1')
})

test('a running guest keeps the names of its files, and another guest is never taken for it', { skip }, async () => {
  const { handlers } = host.agent
  const { uuid, path } = await byHand('mail', 'mail.qcow2')
  virsh('start', 'mail')
  const vm = { instanceName: 'mail', uuid, generation: 1 }
  const files = [{ pool: host.pool, name: 'mail.qcow2', volumeUuid: randomUUID() }]
  await assert.rejects(async () => await handlers['vm.adopt']({ tokens: tokens(), vm, files }), /cannot be renamed/)
  const other = { ...vm, uuid: randomUUID() }
  await assert.rejects(
    async () => await handlers['vm.adopt']({ tokens: tokens(), vm: other, files: [] }),
    /No guest mail is here/,
  )
  await assert.rejects(
    async () => await handlers['vm.release']({ tokens: tokens(), vm: other, files: [], restore: false }),
    /Another guest/,
  )
  assert.match(virsh('dominfo', 'mail'), /Persistent:\s+yes/)
  assert.ok(existsSync(path))
  virsh('destroy', 'mail')
  virsh('undefine', 'mail')
})
