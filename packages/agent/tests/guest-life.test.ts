import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createStatsCollector } from '../src/stats/collect-stats.ts'
import { type AgentHost, cannotRun, guestData, guestSpec, startAgentHost, tokens, until } from './agent-host.ts'

const skip = cannotRun()
let host: AgentHost
before(async () => {
  if (skip === false) host = await startAgentHost()
})
after(async () => {
  if (skip === false) await host.stop()
})

/** A file of a drive, read past the guest. */
function readDrive(name: string | undefined, path: string): string {
  const iso = join(host.agent.context.paths.configDriveDir, String(name))
  return execFileSync('isoinfo', ['-R', '-i', iso, '-x', `/${path}`], { encoding: 'utf8' })
}

async function ended(key: string): Promise<{ state: string; result?: unknown; error?: { code: string } }> {
  for (let at = 0; at < 100; at++) {
    const answer = await host.agent.handlers['job.poll']({ key, waitMs: 500 })
    if (answer.state !== 'running') return answer as never
  }
  throw new Error('the job does not end')
}

/** Two readings of libvirt's and the kernel's counters are rates; one alone says only what there is. */
async function usesSomething(uuid: string, volumeUuid: string): Promise<void> {
  const { context } = host.agent
  const collector = createStatsCollector(context)
  const [bare] = await collector.guests()
  assert.equal(bare?.uuid, uuid)
  assert.equal(bare?.cpuPercent, undefined)
  const begin = context.runtime.monotonic()
  await context.runtime.sleep(300)
  const [guest] = await collector.guests()
  const machine = collector.host()
  assert.ok(guest?.rates && guest.cpuPercent !== undefined && machine)
  // An emulated guest without a system turns in its firmware: some CPU, not more than it has.
  assert.ok(guest.cpuPercent > 0 && guest.cpuPercent <= 100, `${guest.cpuPercent} % of CPU`)
  assert.ok(guest.memoryBytes >= 16 * 2 ** 20 && guest.memoryTargetBytes >= guest.memoryBytes)
  assert.equal(guest.volumes.length, 1)
  assert.equal(guest.volumes[0]?.uuid, volumeUuid)
  assert.ok(Object.values(guest.rates).every((rate) => rate >= 0 && Number.isFinite(rate)))
  assert.ok(machine.cpuPercent > 0 && machine.cpuPercent <= 100, `${machine.cpuPercent} % of the host`)
  assert.ok(machine.memoryUsedBytes > 2 ** 20 && machine.memoryUsedBytes < machine.memoryTotalBytes)
  assert.ok(context.runtime.monotonic() - begin < 10_000)
}

test('a guest is started from a pool, inspected, stopped; each call repeats', { skip }, async () => {
  const { handlers } = host.agent
  const volumeUuid = randomUUID()
  await handlers['pool.attach']({ tokens: tokens(), pool: host.pool, create: true })
  const create = {
    tokens: tokens(),
    pool: host.pool,
    volume: { uuid: volumeUuid, sizeBytes: 1 << 20, format: 'qcow2' as const },
  }
  const created = await handlers['volume.create'](create)
  assert.equal(created.sizeBytes, 1 << 20)
  assert.ok(existsSync(join(host.pool.path, volumeUuid)))
  assert.deepEqual(await handlers['volume.create'](create), created)

  const spec = guestSpec(host, volumeUuid, {
    nics: [
      { nicUuid: randomUUID(), deviceId: 0, mac: '02:00:0a:01:02:03', bridge: host.bridge, model: 'virtio', mtu: 1450 },
    ],
    guestData: guestData({ hostName: 'web1' }),
    configDrive: { label: 'config-2' },
  })
  const vm = { instanceName: spec.instanceName, uuid: spec.uuid, generation: 1 }
  const startTokens = tokens()
  const started = await handlers['vm.start']({ tokens: startTokens, vm, spec })
  assert.equal(started.state, 'running')
  assert.equal(started.acceleration, 'tcg')
  assert.match(started.machineType, /^pc-i440fx-\d/)
  assert.ok(started.vncPort >= 5900)
  assert.match(started.cpuXml, /qemu64/)
  assert.deepEqual(await handlers['vm.start']({ tokens: startTokens, vm, spec }), started)
  assert.deepEqual(await handlers['vm.start']({ tokens: tokens(), vm, spec }), started)

  const { domains } = await handlers['vm.list']({})
  assert.equal(domains.length, 1)
  assert.deepEqual(
    { ...domains[0], reason: '' },
    {
      instanceName: 'i-2-3-VM',
      uuid: spec.uuid,
      power: 'PowerOn',
      state: 'running',
      reason: '',
      generation: 1,
      migrating: 'none',
    },
  )
  const inspected = await handlers['vm.inspect']({ instanceName: 'i-2-3-VM' })
  assert.equal(inspected.present, true)
  assert.equal(inspected.vncPort, started.vncPort)
  assert.doesNotMatch(inspected.xml ?? '', /secret12/)
  assert.deepEqual(await handlers['vm.inspect']({ instanceName: 'i-9-9-VM' }), { present: false })
  await usesSomething(spec.uuid, volumeUuid)

  const drives = (): string[] => readdirSync(host.agent.context.paths.configDriveDir)
  const [drive] = drives()
  assert.equal(drives().length, 1)
  assert.match(inspected.xml ?? '', new RegExp(`configdrive/${drive}'`))
  assert.equal(readDrive(drive, 'cloudstack/metadata/local-hostname.txt'), 'web1')
  assert.equal(statSync(join(host.agent.context.paths.configDriveDir, String(drive))).mode & 0o777, 0o400)
  // What the guest is told has changed: it has another disc in its drive.
  const news = guestData({ version: 2, hostName: 'web2', password: 'S3cret' })
  const told = { groups: [], networks: [], guests: [{ instanceName: 'i-2-3-VM', data: news }], complete: false }
  for (let repeat = 0; repeat < 2; repeat++) await handlers['network.apply'](told)
  const seen = async (): Promise<boolean> => {
    const { xml } = await handlers['vm.inspect']({ instanceName: 'i-2-3-VM' })
    return drives().length === 1 && drives()[0] !== drive && xml?.includes(String(drives()[0])) === true
  }
  await until('the guest has its new drive', seen, 20_000)
  assert.equal(readDrive(drives()[0], 'cloudstack/password/vm_password.txt'), 'S3cret')
  assert.equal(readDrive(drives()[0], 'cloudstack/metadata/local-hostname.txt'), 'web2')

  const [first] = spec.nics
  assert.ok(first)
  const vni = 12_000_000 + Math.floor(Math.random() * 4_000_000)
  const second = {
    ...first,
    nicUuid: randomUUID(),
    deviceId: 1,
    mac: '02:00:0a:01:02:04',
    mtu: 1450,
    segment: { kind: 'vxlan', id: vni, flood: 'multicast' },
  } as const
  const plug = { vm, nics: [{ ...first, linkUp: false }, second], securityGroups: [] }
  assert.deepEqual(await handlers['vm.nics']({ tokens: tokens(), ...plug }), { plugged: [second.mac], unplugged: [] })
  assert.deepEqual(await handlers['vm.nics']({ tokens: tokens(), ...plug }), { plugged: [], unplugged: [] })
  const plugged = (await handlers['vm.inspect']({ instanceName: 'i-2-3-VM' })).xml ?? ''
  assert.match(plugged, new RegExp(`<source bridge='brvx-${vni}'/>`))
  assert.match(plugged, /<link state='down'\/>/)
  assert.equal(readdirSync(`/sys/class/net/brvx-${vni}/brif`).length, 2, 'its VXLAN port and the tap of the guest')
  await handlers['vm.nics']({ tokens: tokens(), vm, nics: [first, second], securityGroups: [] })
  assert.doesNotMatch((await handlers['vm.inspect']({ instanceName: 'i-2-3-VM' })).xml ?? '', /<link state='down'\/>/)
  await assert.rejects(
    async () =>
      handlers['vm.nics']({ tokens: tokens(), vm: { ...vm, uuid: randomUUID() }, nics: [], securityGroups: [] }),
    {
      code: 'vm.absent',
    },
  )

  await assert.rejects(async () => handlers['volume.remove']({ tokens: tokens(), pool: host.pool, volumeUuid }), {
    code: 'volume.in-use',
  })
  await assert.rejects(
    async () =>
      handlers['vm.start']({
        tokens: tokens(),
        vm: { ...vm, uuid: randomUUID() },
        spec: { ...spec, uuid: randomUUID() },
      }),
    (error: { code?: string }) => error.code === 'agent.params',
  )
  const other = randomUUID()
  await assert.rejects(
    async () => handlers['vm.start']({ tokens: tokens(), vm: { ...vm, uuid: other }, spec: { ...spec, uuid: other } }),
    { code: 'vm.present' },
  )

  // A kill in the middle of a build leaves its directory, with a password in it.
  const left = join(host.agent.context.paths.configDriveDir, '.build-left')
  mkdirSync(left)
  await host.restart()
  assert.equal(existsSync(left), false)
  const again = host.agent.handlers
  assert.equal((await again['vm.list']({})).domains[0]?.state, 'running')
  const stop = { tokens: tokens(), vm, graceMs: 0 }
  assert.deepEqual(await again['vm.stop'](stop), { accepted: true })
  assert.deepEqual((await ended(stop.tokens.key)).result, { how: 'destroyed' })
  assert.deepEqual((await again['vm.list']({})).domains, [])
  assert.deepEqual(drives(), [], 'the drive goes with its guest')
  const repeat = tokens()
  await again['vm.stop']({ tokens: repeat, vm, graceMs: 0 })
  assert.deepEqual((await ended(repeat.key)).result, { how: 'absent' })
  await again['volume.remove']({ tokens: tokens(), pool: host.pool, volumeUuid })
  assert.equal(existsSync(join(host.pool.path, volumeUuid)), false)
})
