import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { hostCalls } from '../src/calls/host.ts'
import {
  connectLibvirt,
  DomainCreateFlags,
  type DomainEventName,
  DomainMetadataType,
  DomainMigrateFlags,
  type DomainRef,
  DomainState,
  domainEvents,
  domainRef,
  KeycodeSet,
  type LibvirtClient,
  LibvirtError,
  type LibvirtErrorCodeName,
  nodeTimers,
  splitVersion,
} from '../src/index.ts'
import { Connection } from '../src/rpc/connection.ts'
import { openTransport } from '../src/transport.ts'
import { guestXml } from './guest.ts'
import { cannotRun, startLibvirtd, type TestDaemon, until } from './libvirtd.ts'

const absent = domainRef('00000000-1111-2222-3333-444444444444', 'absent')

/** The call must end in the daemon's own error of that code. */
async function refuses(call: Promise<unknown>, ...codes: LibvirtErrorCodeName[]): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof LibvirtError, String(error))
    assert.ok(codes.includes(error.codeName as LibvirtErrorCodeName), `${error.codeName}: ${error.message}`)
    assert.ok(error.message.length > 0 && error.level === 2 && error.domainName !== 'UNKNOWN')
    return true
  })
}

describe('calls to a real libvirtd and QEMU', { skip: cannotRun(), timeout: 120_000 }, () => {
  let daemon: TestDaemon
  let client: LibvirtClient
  let unopened: Connection
  let guest: DomainRef

  before(async () => {
    daemon = await startLibvirtd({ ownNetwork: true })
    client = await connectLibvirt({ socket: daemon.socket, reconnect: false })
    const timers = nodeTimers
    const address = { transport: 'unix', path: daemon.socket } as const
    unopened = new Connection(await openTransport(address, { timers, timeoutMs: 5000 }), {
      timers,
      keepalive: { intervalMs: 0, count: 0 },
      callTimeoutMs: 10_000,
      maxInFlight: 5,
      onEvent: () => undefined,
    })
    const disk = join(daemon.dir, 'disk.raw')
    writeFileSync(disk, Buffer.alloc(1024 * 1024))
    const devices = `<disk type='file'><driver name='qemu' type='raw'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>
      <interface type='ethernet'><mac address='52:54:00:00:00:01'/><target dev='tap-guest'/><model type='virtio'/></interface>
      <video><model type='vga'/></video>`
    guest = await client.domain.createXml(guestXml({ name: 'guest', devices }), DomainCreateFlags.PAUSED)
  })

  after(async () => {
    unopened?.destroy('the test is over')
    await client?.close()
    await daemon?.stop()
  })

  /** What takes no argument can fail only as a whole: here no driver was opened on the connection. */
  const withoutDriver = 'INTERNAL_ERROR'

  it('getVersion, getLibVersion', async () => {
    assert.equal(splitVersion(await client.host.getVersion())[0], 7)
    assert.deepEqual(splitVersion(await client.host.getLibVersion()), [9, 0, 0])
    await refuses(hostCalls(unopened).getVersion(), withoutDriver)
    await refuses(hostCalls(unopened).getLibVersion(), withoutDriver)
  })

  it('getType, getHostname, getUri', async () => {
    assert.equal(await client.host.getType(), 'QEMU')
    assert.equal(await client.host.getHostname(), 'alto-libvirt-test')
    assert.equal(await client.host.getUri(), 'qemu:///system')
    await refuses(hostCalls(unopened).getType(), withoutDriver)
    await refuses(hostCalls(unopened).getHostname(), withoutDriver)
    await refuses(hostCalls(unopened).getUri(), withoutDriver)
  })

  it('getCapabilities, getDomainCapabilities', async () => {
    assert.match(await client.host.getCapabilities(), /<capabilities>[\s\S]*<arch>x86_64<\/arch>/)
    const xml = await client.host.getDomainCapabilities({ virtType: 'qemu', machine: 'pc' })
    assert.match(xml, /<domain>qemu<\/domain>/)
    await refuses(hostCalls(unopened).getCapabilities(), withoutDriver)
    await refuses(client.host.getDomainCapabilities({ machine: 'no-such-machine' }), 'INVALID_ARG')
  })

  it('getInfo, getMemoryStats, getCpuStats, getFreeMemoryBytes', async () => {
    const info = await client.host.getInfo()
    assert.equal(info.model, 'x86_64')
    assert.ok(info.memoryKiB > 100_000 && info.cpus >= 1)
    const memory = await client.host.getMemoryStats()
    assert.ok(memory.total! > memory.free! && memory.free! > 0)
    const cpu = await client.host.getCpuStats()
    assert.ok(cpu.user! > 0 && cpu.idle! > 0)
    assert.ok((await client.host.getFreeMemoryBytes()) > 1_000_000)
    await refuses(hostCalls(unopened).getInfo(), withoutDriver)
    await refuses(client.host.getMemoryStats(99), 'INVALID_ARG')
    await refuses(client.host.getCpuStats(999), 'INVALID_ARG')
    await refuses(hostCalls(unopened).getFreeMemoryBytes(), withoutDriver)
  })

  it('compareHypervisorCpu, baselineHypervisorCpu', async () => {
    const question = { virtType: 'qemu', machine: 'pc', arch: 'x86_64' }
    const known = await client.host.compareHypervisorCpu(
      '<cpu><arch>x86_64</arch><model>qemu64</model></cpu>',
      question,
    )
    assert.equal(known, 'superset')
    const exotic = '<cpu><arch>x86_64</arch><model>Snowridge</model></cpu>'
    assert.equal(await client.host.compareHypervisorCpu(exotic, question), 'incompatible')
    const cpus = ['Nehalem', 'Haswell-noTSX'].map((model) => `<cpu><arch>x86_64</arch><model>${model}</model></cpu>`)
    assert.match(await client.host.baselineHypervisorCpu(cpus, question), /<model[^>]*>Nehalem<\/model>/)
    await refuses(client.host.compareHypervisorCpu('<cpu', question), 'XML_DETAIL')
    await refuses(client.host.baselineHypervisorCpu(['<cpu/>'], { arch: 'nonsense' }), 'INVALID_ARG')
  })

  it('listAllDomains, getAllDomainStats', async () => {
    assert.deepEqual(
      (await client.host.listAllDomains()).map((domain) => domain.uuid),
      [guest.uuid],
    )
    const [record] = await client.host.getAllDomainStats()
    assert.equal(record?.domain.name, 'guest')
    assert.equal(record?.stats['state.state'], DomainState.PAUSED)
    assert.equal(record?.stats['balloon.maximum'], 32 * 1024)
    assert.equal(record?.stats['net.0.name'], 'tap-guest')
    await refuses(client.host.listAllDomains(1 << 30), 'INVALID_ARG')
    await refuses(client.host.getAllDomainStats(0, 1 << 20), 'INVALID_ARG')
  })

  it('lookupByUuid, lookupByName, lookupById', async () => {
    assert.deepEqual(await client.domain.lookupByUuid(guest.uuid), guest)
    assert.deepEqual(await client.domain.lookupByName('guest'), guest)
    assert.deepEqual(await client.domain.lookupById(guest.id), guest)
    await refuses(client.domain.lookupByUuid(absent.uuid), 'NO_DOMAIN')
    await refuses(client.domain.lookupByName('absent'), 'NO_DOMAIN')
    await refuses(client.domain.lookupById(12345), 'NO_DOMAIN')
  })

  it('createXml, destroy', async () => {
    const second = await client.domain.createXml(guestXml({ name: 'second' }), DomainCreateFlags.PAUSED)
    assert.equal(second.name, 'second')
    assert.ok(second.id > 0)
    await refuses(client.domain.createXml(guestXml({ name: 'second' })), 'OPERATION_FAILED')
    await refuses(client.domain.createXml('<domain>'), 'XML_ERROR', 'XML_DETAIL', 'NO_NAME')
    await client.domain.destroy(second)
    await refuses(client.domain.destroy(second), 'NO_DOMAIN')
  })

  it('defineXml, create, undefine', async () => {
    const defined = await client.domain.defineXml(guestXml({ name: 'kept' }))
    assert.equal(defined.id, -1)
    const started = await client.domain.create(defined, DomainCreateFlags.PAUSED)
    assert.ok(started.id > 0)
    await refuses(client.domain.create(defined), 'OPERATION_INVALID')
    await client.domain.destroy(started)
    await client.domain.undefine(defined)
    await refuses(client.domain.undefine(defined), 'NO_DOMAIN')
    await refuses(client.domain.defineXml('<domain type="qemu"><name/></domain>'), 'XML_ERROR', 'XML_DETAIL', 'NO_NAME')
  })

  it('getState, getInfo, getXmlDesc', async () => {
    assert.equal((await client.domain.getState(guest)).state, DomainState.PAUSED)
    const info = await client.domain.getInfo(guest)
    assert.deepEqual([info.state, info.maxMemoryKiB, info.vcpus], [DomainState.PAUSED, 32 * 1024, 1])
    assert.match(await client.domain.getXmlDesc(guest), /<name>guest<\/name>/)
    await refuses(client.domain.getState(absent), 'NO_DOMAIN')
    await refuses(client.domain.getInfo(absent), 'NO_DOMAIN')
    await refuses(client.domain.getXmlDesc(absent), 'NO_DOMAIN')
  })

  it('resume, suspend, reset, reboot, shutdown', async () => {
    await client.domain.resume(guest)
    assert.equal((await client.domain.getState(guest)).state, DomainState.RUNNING)
    await client.domain.reset(guest)
    await client.domain.reboot(guest)
    await client.domain.shutdown(guest)
    await client.domain.suspend(guest)
    assert.equal((await client.domain.getState(guest)).state, DomainState.PAUSED)
    for (const call of ['resume', 'suspend', 'reset', 'reboot', 'shutdown'] as const) {
      await refuses(client.domain[call](absent), 'NO_DOMAIN')
    }
  })

  it('blockStats, getBlockInfo, interfaceStats, memoryStats', async () => {
    assert.ok((await client.domain.blockStats(guest, 'vda')).readRequests >= 0)
    assert.equal((await client.domain.getBlockInfo(guest, 'vda')).capacityBytes, 1024 * 1024)
    assert.ok((await client.domain.interfaceStats(guest, 'tap-guest')).txPackets >= 0)
    assert.ok([...(await client.domain.memoryStats(guest)).values()].some((value) => value > 0))
    await refuses(client.domain.blockStats(guest, 'vdz'), 'INVALID_ARG')
    await refuses(client.domain.getBlockInfo(guest, 'vdz'), 'INVALID_ARG')
    await refuses(client.domain.interfaceStats(guest, 'tap-none'), 'INVALID_ARG')
    await refuses(client.domain.memoryStats(absent), 'NO_DOMAIN')
  })

  it('setMetadata, getMetadata', async () => {
    const uri = 'urn:altostack:test'
    const metadata = { type: DomainMetadataType.ELEMENT, metadata: '<vm id="42"/>', key: 'alto', uri }
    await client.domain.setMetadata(guest, metadata)
    assert.match(await client.domain.getMetadata(guest, DomainMetadataType.ELEMENT, uri), /<vm id="42"\/>/)
    await client.domain.setMetadata(guest, { ...metadata, metadata: null })
    await refuses(client.domain.getMetadata(guest, DomainMetadataType.ELEMENT, uri), 'NO_DOMAIN_METADATA')
    await refuses(client.domain.setMetadata(absent, metadata), 'NO_DOMAIN')
  })

  it('sendKey, screenshot', async () => {
    await client.domain.resume(guest)
    await client.domain.sendKey(guest, KeycodeSet.LINUX, [28])
    await client.domain.suspend(guest)
    const { mime, image } = await client.domain.screenshot(guest)
    assert.match(mime, /^image\//)
    assert.ok(image.length > 1000)
    assert.match(image.subarray(0, 4).toString('latin1'), /^(P6|.PNG)/)
    await refuses(
      client.domain.sendKey(guest, KeycodeSet.LINUX, [9999]),
      'INVALID_ARG',
      'OPERATION_FAILED',
      'INTERNAL_ERROR',
    )
    await refuses(client.domain.screenshot(guest, 99), 'OPERATION_INVALID')
  })

  it('attachDevice, updateDevice, detachDevice', async () => {
    const mouse = "<input type='mouse' bus='usb'><alias name='ua-mouse'/></input>"
    const seen: string[] = []
    const added = await client.on('deviceAdded', (event) => seen.push(`added ${event.devAlias}`))
    const removed = await client.on('deviceRemoved', (event) => seen.push(`removed ${event.devAlias}`), guest)
    await client.domain.attachDevice(guest, mouse)
    assert.match(await client.domain.getXmlDesc(guest), /ua-mouse/)
    await client.domain.detachDevice(guest, mouse)
    await until('both events', () => seen.length === 2)
    assert.deepEqual(seen, ['added ua-mouse', 'removed ua-mouse'])
    await added.close()
    await removed.close()
    const nic = (await client.domain.getXmlDesc(guest)).match(/<interface[\s\S]*?<\/interface>/)![0]
    await client.domain.updateDevice(guest, nic.replace('</interface>', "<link state='down'/></interface>"))
    assert.match(await client.domain.getXmlDesc(guest), /<link state='down'\/>/)
    await refuses(client.domain.attachDevice(guest, '<nonsense/>'), 'CONFIG_UNSUPPORTED')
    await refuses(client.domain.updateDevice(guest, '<nonsense/>'), 'CONFIG_UNSUPPORTED')
    const absentNic = "<interface type='ethernet'><mac address='52:54:00:00:00:77'/></interface>"
    await refuses(client.domain.detachDevice(guest, absentNic), 'DEVICE_MISSING', 'OPERATION_FAILED')
  })

  it('every event can be subscribed to; some of them are seen', async () => {
    const seen: string[] = []
    const subscriptions = []
    for (const name of Object.keys(domainEvents) as DomainEventName[]) {
      subscriptions.push(await client.on(name, (event) => seen.push(`${name} ${event.dom.name}`), guest))
    }
    await client.domain.resume(guest)
    await client.domain.reset(guest)
    const title = { type: DomainMetadataType.TITLE, metadata: 'a title' }
    await client.domain.setMetadata(guest, title)
    await client.domain.suspend(guest)
    const wanted = ['lifecycle guest', 'reboot guest', 'metadataChange guest']
    await until('the events', () => wanted.every((event) => seen.includes(event)))
    for (const subscription of subscriptions) await subscription.close()
    seen.length = 0
    await client.domain.resume(guest)
    await client.domain.suspend(guest)
    assert.deepEqual(seen, [])
    await refuses(
      client.call('connectDomainEventCallbackRegisterAny', { eventID: 999, dom: null }),
      'INVALID_ARG',
      'INTERNAL_ERROR',
    )
    await refuses(
      client.call('connectDomainEventCallbackDeregisterAny', { callbackID: 999 }),
      'INVALID_ARG',
      'INTERNAL_ERROR',
    )
  })

  it('job and migration settings of a domain without a job', async () => {
    assert.deepEqual(await client.domain.getJobStats(guest), { type: 'none', stats: {} })
    await refuses(client.domain.getJobStats(absent), 'NO_DOMAIN')
    await refuses(client.domain.abortJob(guest), 'OPERATION_INVALID')
    await client.domain.setMigrateMaxDowntime(guest, 123)
    assert.equal(await client.domain.getMigrateMaxDowntime(guest), 123)
    await client.domain.setMigrateMaxSpeed(guest, 17)
    assert.equal(await client.domain.getMigrateMaxSpeed(guest), 17)
    await refuses(client.domain.setMigrateMaxDowntime(absent, 1), 'NO_DOMAIN')
    await refuses(client.domain.getMigrateMaxDowntime(absent), 'NO_DOMAIN')
    await refuses(client.domain.setMigrateMaxSpeed(absent, 1), 'NO_DOMAIN')
    await refuses(client.domain.getMigrateMaxSpeed(absent), 'NO_DOMAIN')
    await refuses(client.domain.migrateStartPostCopy(guest), 'OPERATION_INVALID')
    const destUri = `qemu+unix:///system?socket=${daemon.dir}/nobody`
    await refuses(
      client.domain.migrate(guest, { destUri, flags: DomainMigrateFlags.UNSAFE }),
      'OPERATION_FAILED',
      'SYSTEM_ERROR',
    )
  })
})
