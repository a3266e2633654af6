import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiError } from '@altostack/api'
import {
  answersPing,
  followEvents,
  guestPage,
  type LabEnvironment,
  measured,
  startLabEnvironment,
  until,
  type Vm,
  waitForPing,
  waitForTick,
  whyNoLab,
} from '../lab-environment/index.ts'
import { openConsole, readScreen, typeAndRead } from './console-viewer.ts'
import { brokenTicks, consoleText, diskTicksIn, ticksIn } from './guest-console.ts'
import { authoriseServer, onHost, renameBridge } from './host-access.ts'
import { assertNoGuests, claimsOf, libvirtDomains, noClaims, volumeFiles } from './leftovers.ts'
import { type PingWatch, watchPing } from './ping-gap.ts'

const names = ['h1', 'h2'] as const

describe('the runbook on two hosts', { skip: await whyNoLab() }, () => {
  let env: LabEnvironment
  let vm: Vm
  let pings: PingWatch | undefined

  before(async () => {
    env = await startLabEnvironment({ hosts: 2, name: 'runbook' })
  })
  after(async () => {
    await pings?.stop()
    await env?.stop()
  })

  const host = (name: string) => env.lab.host(name)
  const otherThan = (name: string | undefined): string => (name === 'h1' ? 'h2' : 'h1')
  const timed = async <T>(name: string, body: () => Promise<T>): Promise<T> => {
    const began = performance.now()
    const value = await body()
    measured(name, performance.now() - began, 'ms')
    return value
  }
  const refresh = async (): Promise<Vm> => {
    const now = await env.vm(vm.id)
    assert.ok(now, 'the VM is listed')
    vm = now
    return now
  }
  /** Everything that the guest printed, on both hosts. */
  const said = (): string => names.map((name) => consoleText(host(name), vm.instanceName)).join('')
  const jobFails = async (jobid: string): Promise<ApiError> => {
    const error = await env.client.wait(jobid, { timeoutMs: 120_000 }).then(
      () => assert.fail('the job succeeded'),
      (reason: unknown) => reason,
    )
    assert.ok(error instanceof ApiError, String(error))
    return error
  }
  const stateOf = async (name: string) => (await env.client.list('listHosts', { name })).items[0]?.state
  const migrateTo = (name: string) =>
    env.hostId(name).then((hostid) => env.client.start('migrateVirtualMachine', { virtualmachineid: vm.id, hostid }))

  test('step 1: the cluster is a row in cloud.cluster, Enabled', () => {
    const rows = env.rows('SELECT name, allocation_state, hypervisor_type, arch FROM cluster WHERE removed IS NULL')
    assert.deepEqual(rows, [{ name: 'cluster1', allocation_state: 'Enabled', hypervisor_type: 'KVM', arch: 'x86_64' }])
  })

  test('step 5: one host by password and one by key, side by side; each Up is pushed within a second', async () => {
    await authoriseServer(env, host('h2'))
    const events = await followEvents(env.endpoint, env.keys)
    const added = await Promise.all([
      timed('addHost.password', () => env.addHost('h1')),
      timed('addHost.key', () => env.addHost('h2', { username: 'root' })),
    ])
    for (const [index, one] of added.entries()) {
      assert.equal(one.state, 'Up')
      assert.equal(one.resourcestate, 'Enabled')
      assert.equal(one.name, names[index])
      const of = (to: string) => events.changes.find(({ change }) => change.resourceid === one.id && change.to === to)
      await until('Up is pushed', 1000, () => of('Up') !== undefined)
      const ms = Number(of('Up')?.at) - Date.parse(String(of('Connecting')?.change.time))
      measured(`connectToUp.${one.name}`, ms, 'ms')
      assert.ok(ms < 1000, `Up came ${ms} ms after the agent's connect`)
      const { details } = one as { details?: Record<string, string> }
      assert.equal(details?.['alto.acceleration'], 'tcg', 'the host says that it emulates')
    }
    events.close()
    const again = await timed('addHost.again', () => env.addHost('h1'))
    assert.equal(again.id, added[0].id, 'the same host is answered')
    assert.equal(env.rows('SELECT id FROM host WHERE removed IS NULL').length, 2)
  })

  test('step 3: service, properties and log are where operators look', async () => {
    for (const name of names) {
      const status = await onHost(host(name), 'systemctl', 'status', 'cloudstack-agent')
      assert.match(status, /Active: active \(running\)/)
      const properties = await onHost(host(name), 'cat', '/etc/cloudstack/agent/agent.properties')
      assert.match(properties, new RegExp(`^host=${env.lab.serverIp.replaceAll('.', '\\.')}`, 'm'))
      assert.match(properties, /^private\.network\.device=cloudbr0$/m)
      assert.match(await onHost(host(name), 'cat', '/var/log/cloudstack/agent/agent.log'), /Connected to the server/)
      // A host is Up with its first word; its libvirtd listens with TLS a moment later.
      let listening = ''
      await until('migration over TLS is listened for', 30_000, async () => {
        listening = await onHost(host(name), 'ss', '-Hltn')
        return /:16514\s/.test(listening)
      })
      assert.doesNotMatch(listening, /:16509\s/, 'no plain libvirt')
    }
  })

  test('step 6: shared storage is on every host of the cluster', async () => {
    const pool = await timed('createStoragePool', () => env.createPool())
    assert.equal(pool.state, 'Up')
    const rows = env.rows(
      'SELECT host.name, local_path FROM storage_pool_host_ref JOIN host ON host.id = host_id ORDER BY host.name',
    )
    assert.deepEqual(
      rows,
      names.map((name) => ({ name, local_path: '/mnt/shared' })),
    )
    for (const name of names) await onHost(host(name), 'test', '-f', '/mnt/shared/.altostack-pool')
  })

  test('a virtual machine starts and has its address by DHCP', async () => {
    const began = performance.now()
    vm = await timed('deploy', () => env.deploy('ticker'))
    assert.equal(vm.state, 'Running')
    await waitForPing(vm.address)
    measured('deployToPing', performance.now() - began, 'ms')
    const there = String(vm.hostName)
    assert.deepEqual(await libvirtDomains(env, there), [vm.instanceName])
    assert.deepEqual(await libvirtDomains(env, otherThan(there)), [])
    assert.deepEqual(claimsOf(env, there), { vms: 1, cpu: 500, memory: 128 * 2 ** 20, reserved: 0 })
    assert.equal(volumeFiles(env).length, 1)
    assert.match(consoleText(host(there), vm.instanceName), new RegExp(`LAB-IP eth0 ${vm.address}`))
    const page = await waitForTick(vm.address, 2)
    assert.equal(page.host, 'ticker')
  })

  test('what does not fit on the target is named before anything moves', async () => {
    const from = String(vm.hostName)
    const to = otherThan(from)
    const { items } = await env.client.list('findHostsForMigration', { virtualmachineid: vm.id })
    assert.deepEqual(
      items.map((one) => [one.name, one.suitableformigration, one.hasenoughcapacity]),
      [[to, true, true]],
    )
    await renameBridge(host(to), 'cloudbr0', 'br0')
    const noBridge = await jobFails((await migrateTo(to)).jobid)
    await renameBridge(host(to), 'br0', 'cloudbr0')
    assert.match(noBridge.errortext, new RegExp(`${to}: network.bridge \\(no bridge cloudbr0\\)`))
    await onHost(host(to), 'umount', '--lazy', '/mnt/shared')
    const noPool = await jobFails((await migrateTo(to)).jobid)
    await host(to).off()
    await until('the host is not Up', 30_000, async () => (await stateOf(to)) !== 'Up')
    const isOff = await jobFails((await migrateTo(to)).jobid)
    const now = await refresh()
    await timed('hostOnToUp', async () => {
      await host(to).start()
      await until('the host is Up again', 60_000, async () => (await stateOf(to)) === 'Up')
    })
    assert.match(noPool.errortext, new RegExp(`${to}: pool\\.marker \\(no \\.altostack-pool\\).*mounted at this path`))
    assert.match(isOff.errortext, new RegExp(`${to}.*(Disconnected|Alert|Down)`))
    assert.deepEqual([now.state, now.hostName], ['Running', from])
    assert.ok(await answersPing(vm.address), 'the guest never noticed')
    assert.deepEqual(claimsOf(env, to), noClaims)
  })

  test('it moves live and loses no tick', async () => {
    const from = String(vm.hostName)
    const to = otherThan(from)
    const before = await guestPage(vm.address)
    pings = watchPing(vm.address)
    const result = (await timed('migration.job', async () => env.client.wait((await migrateTo(to)).jobid))) as {
      virtualmachine?: { hostname?: string; migration?: { downtimeMs?: number; totalMs?: number } }
    }
    const moved = result.virtualmachine
    assert.equal(moved?.hostname, to)
    measured('migration.downtime', Number(moved?.migration?.downtimeMs), 'ms')
    measured('migration.total', Number(moved?.migration?.totalMs), 'ms')
    await waitForTick(vm.address, before.tick + 4)
    measured('migration.pingGap', await pings.stop(), 'ms')
    await refresh()
    assert.deepEqual([vm.state, vm.hostName], ['Running', to])
    assert.deepEqual(await libvirtDomains(env, from), [])
    assert.deepEqual(await libvirtDomains(env, to), [vm.instanceName])
    assert.deepEqual(claimsOf(env, from), noClaims)
    assert.equal(claimsOf(env, to).vms, 1)
    const text = consoleText(host(from), vm.instanceName) + consoleText(host(to), vm.instanceName)
    assert.deepEqual(brokenTicks(text), { missing: [], repeated: [] })
    const page = await guestPage(vm.address)
    assert.equal(page.boots, 1)
    assert.ok(page.diskTick >= page.tick - 1, 'each tick is on the disk')
    measured('migration.ticks', page.tick, 'ticks, none lost')
  })

  test('a migration can be aborted: the guest stays and goes on', async () => {
    const from = String(vm.hostName)
    const to = otherThan(from)
    await onHost(host(from), 'virsh', '-q', 'migrate-setspeed', vm.instanceName, '1')
    const { jobid } = await migrateTo(to)
    await until('progress stands in the job', 60_000, async () => {
      const job = await env.client.call('queryAsyncJobResult', { jobid })
      return JSON.stringify(job).includes('memoryRemainingBytes')
    })
    await timed('migration.abort', async () => {
      await env.client.call('cancelAsyncJob', { jobid })
      const error = await jobFails(jobid)
      assert.match(error.errortext, /cancel/i)
    })
    await refresh()
    assert.deepEqual([vm.state, vm.hostName], ['Running', from])
    assert.deepEqual(await libvirtDomains(env, to), [])
    assert.deepEqual(await libvirtDomains(env, from), [vm.instanceName])
    assert.deepEqual(claimsOf(env, to), noClaims)
    const { tick } = await guestPage(vm.address)
    await waitForTick(vm.address, tick + 2)
    assert.deepEqual(brokenTicks(said()).missing, [])
  })

  test('the agent may end and come back: the guest goes on, the host is Up again', async () => {
    const on = String(vm.hostName)
    await onHost(host(on), 'systemctl', 'stop', 'cloudstack-agent')
    await until('the host is not Up', 30_000, async () => (await stateOf(on)) !== 'Up')
    const [away] = (await env.client.list('listHosts', { name: on })).items
    assert.match(String(away?.statecause), /agent\.(stopped|closed)/)
    assert.match(String(away?.statefix), /systemctl (start|status) cloudstack-agent/)
    assert.deepEqual(await libvirtDomains(env, on), [vm.instanceName])
    const { tick } = await guestPage(vm.address)
    await timed('agentStartToUp', async () => {
      await onHost(host(on), 'systemctl', 'restart', 'cloudstack-agent')
      await until('the host is Up', 30_000, async () => (await stateOf(on)) === 'Up', 20)
    })
    await waitForTick(vm.address, tick + 1)
    assert.equal((await refresh()).state, 'Running')
  })

  test('it stops in order, starts on the other host, and finds every tick on its disk', async () => {
    const from = String(vm.hostName)
    const to = otherThan(from)
    await timed('stop', () => env.client.run('stopVirtualMachine', { id: vm.id }, { timeoutMs: 120_000 }))
    assert.equal((await refresh()).state, 'Stopped')
    assert.match(said(), /LAB-ACPI-SHUTDOWN/, 'the guest was asked, not cut off')
    for (const name of names) assert.deepEqual(await libvirtDomains(env, name), [])
    assert.equal(claimsOf(env, from).vms, 0)
    assert.equal(volumeFiles(env).length, 1)
    const printed = Math.max(...ticksIn(said()))
    const hostid = await env.hostId(to)
    const began = performance.now()
    await env.client.run('startVirtualMachine', { id: vm.id, hostid }, { timeoutMs: 120_000 })
    await refresh()
    assert.deepEqual([vm.state, vm.hostName], ['Running', to])
    assert.deepEqual(await libvirtDomains(env, to), [vm.instanceName])
    await waitForTick(vm.address, printed + 1)
    measured('startToTick', performance.now() - began, 'ms')
    // A tick is on the disk before it is printed; the end may come between the two.
    const found = diskTicksIn(consoleText(host(to), vm.instanceName)).at(-1)
    assert.ok(found === printed || found === printed + 1, `printed ${printed}, found ${found}`)
    assert.deepEqual(brokenTicks(said()), { missing: [], repeated: [] })
    assert.deepEqual(claimsOf(env, from), noClaims)
  })

  test('it reboots where it is', async () => {
    const { boots, tick } = await guestPage(vm.address)
    await timed('reboot', () => env.client.run('rebootVirtualMachine', { id: vm.id }, { timeoutMs: 120_000 }))
    await until('it has booted once more', 90_000, async () => (await guestPage(vm.address)).boots === boots + 1)
    await waitForTick(vm.address, tick + 1)
    assert.equal((await refresh()).state, 'Running')
    assert.deepEqual(brokenTicks(said()).missing, [])
  })

  // Last of the guest's life: what is typed mingles with the ticks that it prints.
  test('its screen and its serial line come through the server, and no port of the host is needed', async () => {
    const screen = await openConsole(env, vm.id, 'vnc')
    const { width, height, name } = await timed('runbook.console.first-picture', () => readScreen(screen))
    assert.ok(width >= 640 && height >= 400, `${width} x ${height}`)
    assert.match(name, new RegExp(vm.instanceName))
    screen.destroy()
    const line = await openConsole(env, vm.id, 'serial')
    await typeAndRead(line, 'echo typed-$((40 + 2))', /typed-42/)
    line.destroy()
    const again = await openConsole(env, vm.id, 'serial')
    await typeAndRead(again, 'echo again-$((40 + 2))', /again-42/)
    again.destroy()
  })

  test('it is destroyed and expunged, and nothing of it is left', async () => {
    await env.client.run('destroyVirtualMachine', { id: vm.id }, { timeoutMs: 120_000 })
    assert.equal((await refresh()).state, 'Destroyed')
    assert.equal(volumeFiles(env).length, 1, 'it can be recovered still')
    await timed('expunge', () => env.client.run('expungeVirtualMachine', { id: vm.id }, { timeoutMs: 120_000 }))
    assert.equal(await env.vm(vm.id), undefined)
    await assertNoGuests(env)
    assert.equal(await answersPing(vm.address), false)
  })

  test('a host that lost its certificate is repaired by addHost, and one is removed', async () => {
    const before = await env.hostId('h1')
    await onHost(host('h1'), 'systemctl', 'stop', 'cloudstack-agent')
    await onHost(host('h1'), 'rm', '/etc/cloudstack/agent/cloud.crt')
    const repaired = await timed('addHost.repair', () => env.addHost('h1'))
    assert.deepEqual([repaired.id, repaired.state], [before, 'Up'])
    await env.client.get('deleteHost', { id: await env.hostId('h2'), forced: true })
    assert.equal((await env.client.list('listHosts', { type: 'Routing' })).count, 1)
    assert.deepEqual(env.rows("SELECT name FROM host WHERE removed IS NULL AND type = 'Routing'"), [{ name: 'h1' }])
    assert.ok(!env.server.log().includes(host('h1').password), 'the password is nowhere in the log')
  })
})
