import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiError } from '@altostack/api'
import {
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
import { brokenTicks, consoleText } from './guest-console.ts'
import { onHost } from './host-access.ts'

const blue = { vni: 5001, net: '10.66.1' } as const
const red = { vni: 5002, net: '10.66.2' } as const

/**
 * Guests on VXLANs over two hosts of two clusters: who hears whom, how large packets are, what a NIC plugged live does, how
 * guests move from one cluster to the other, over storage of the zone or with their disks.
 */
describe('guest networks on two hosts', { skip: await whyNoLab() }, () => {
  let env: LabEnvironment
  let offeringId: string
  let physicalId: string
  let blueId: string
  let redId: string
  let one: Vm
  let two: Vm

  before(async () => {
    env = await startLabEnvironment({ hosts: 2, name: 'guestnets' })
    const { client, zone } = env
    await client.get('updateZone', { id: zone.zoneId, localstorageenabled: true })
    const place = { zoneid: zone.zoneId, podid: zone.podId }
    const cluster = await client.get('addCluster', {
      ...{ ...place, clustername: 'cluster2', clustertype: 'CloudManaged', hypervisor: 'KVM' },
    })
    const clusterid = String(cluster.id)
    await client.get('updateConfiguration', { name: 'alto.kvm.emulation.allowed', value: 'true', clusterid })
    // The first is Up before the second looks whether they share a network.
    await env.addHost('h1')
    await env.addHost('h2', { username: 'root', password: env.lab.host('h2').password, clusterid })
    await client.get('createStoragePool', {
      ...{
        zoneid: zone.zoneId,
        name: 'primary1',
        scope: 'ZONE',
        hypervisor: 'KVM',
        url: 'SharedMountPoint://localhost/mnt/shared',
      },
    })
  })
  after(() => env?.stop())

  const host = (name: string) => env.lab.host(name)
  const network = async (name: string, vni: number, net: string, more: object = {}): Promise<string> => {
    const made = await env.client.get('createNetwork', {
      ...{ zoneid: env.zone.zoneId, physicalnetworkid: physicalId, networkofferingid: offeringId, name },
      ...{
        vlan: `vxlan://${vni}`,
        gateway: `${net}.1`,
        netmask: '255.255.255.0',
        startip: `${net}.10`,
        endip: `${net}.20`,
      },
      ...more,
    })
    return String(made.id)
  }
  const deploy = async (name: string, hostName: string, networkids: string[]): Promise<Vm> => {
    const job = await env.client.start('deployVirtualMachine', {
      ...{ name, zoneid: env.zone.zoneId, serviceofferingid: env.zone.offeringId, templateid: String(env.templateId) },
      ...{ networkids, hostid: await env.hostId(hostName) },
    })
    await env.client.wait(job.jobid, { timeoutMs: 240_000 })
    const vm = await env.vm(String(job.id))
    assert.ok(vm)
    return vm
  }
  const said = (vm: Vm): string => ['h1', 'h2'].map((name) => consoleText(host(name), vm.instanceName)).join('')
  let marks = 0
  /** Types into the guest's serial shell; answers what came until the command had ended. */
  const inGuest = async (vm: Vm, hostName: string, command: string): Promise<string> => {
    const mark = `ENDED-${++marks}`
    const from = said(vm).length
    // The mark is put together by the shell, so that the echo of the line is not taken for its end.
    const line = `${command}; echo ENDED-''${marks}`
    // QEMU looks once a second whether somebody holds the line.
    const type = `tty=$(virsh ttyconsole "$1") && (printf '%s\\n' "$2"; sleep 4) > "$tty"`
    let typed = Number.NEGATIVE_INFINITY
    return await until(`${command} ends in ${vm.name}`, 90_000, async () => {
      // What is typed before the shell listens is lost.
      if (performance.now() - typed > 15_000) {
        await onHost(host(hostName), 'sh', '-c', type, 'type', vm.instanceName, line)
        typed = performance.now()
      }
      const text = said(vm).slice(from)
      return text.includes(mark) ? text : undefined
    })
  }
  const ready = (vm: Vm): Promise<unknown> =>
    until(`${vm.name} has booted with ${vm.address}`, 240_000, () => {
      const text = said(vm)
      return text.includes('LAB-READY') && text.includes(vm.address)
    })
  const links = (hostName: string): Promise<string> => onHost(host(hostName), 'ip', '-o', 'link')

  test('VXLAN networks: the MTU is what the hosts leave, and one that they cannot carry is refused by name', async () => {
    const { client, zone } = env
    const made = await client.start('createPhysicalNetwork', {
      ...{ zoneid: zone.zoneId, name: 'vxlans', isolationmethods: ['VXLAN'], vlan: '6000-6999' },
    })
    await client.wait(made.jobid)
    physicalId = String(made.id)
    await client.run('addTrafficType', {
      ...{ physicalnetworkid: physicalId, traffictype: 'Guest', kvmnetworklabel: 'cloudbr0' },
    })
    await client.run('updatePhysicalNetwork', { id: physicalId, state: 'Enabled' })
    const { items } = await client.list('listNetworkOfferings', { name: 'DefaultSharedNetworkOffering' })
    offeringId = String(items[0]?.id)
    blueId = await network('blue', blue.vni, blue.net)
    redId = await network('red', red.vni, red.net)
    const [listed] = (await client.list('listNetworks', { id: blueId })).items
    assert.deepEqual([listed?.broadcasturi, listed?.privatemtu], ['vxlan://5001', 1450])

    const large = await network('large', 5003, '10.66.3', { privatemtu: 1500 })
    const error = await deploy('large', 'h1', [large]).then(
      () => assert.fail('a guest that sends more than the hosts carry was started'),
      (reason: unknown) => reason,
    )
    assert.ok(error instanceof ApiError, String(error))
    assert.match(error.message, /1550 are needed, cloudbr0 carries 1500/)
    assert.doesNotMatch(await links('h1'), /brvx-5003/)
  })

  test('guests on different hosts of a VXLAN talk, in packets of its MTU', async () => {
    const began = performance.now()
    ;[one, two] = await Promise.all([deploy('one', 'h1', [blueId]), deploy('two', 'h2', [blueId])])
    await Promise.all([ready(one), ready(two)])
    measured('vxlanGuests.ready', performance.now() - began, 'ms')
    assert.match(one.address, /^10\.66\.1\./)
    for (const name of ['h1', 'h2']) assert.match(await links(name), /vxlan5001.* mtu 1450 .*master brvx-5001/)
    assert.match(
      await inGuest(one, 'h1', `ping -c 3 -W 5 ${two.address}`),
      /3 packets transmitted, [123] packets received/,
    )
    assert.match(await inGuest(one, 'h1', 'ip link show eth0'), /mtu 1450/)
    const full = await inGuest(one, 'h1', `ping -c 2 -W 5 -s 1422 ${two.address}`)
    assert.match(full, /1430 bytes from/, 'a packet of 1450 bytes arrives')
  })

  test('frames of one VXLAN are not on the other: an endpoint hears the guest there alone where it belongs', async () => {
    // The bridge of red is made by its first guest; here it stands for a foreign network on both hosts.
    const outsider = await deploy('outsider', 'h1', [redId])
    const probe = async (bridge: string): Promise<string> => {
      const script = `
        ip netns add probe && ip link add probe0 type veth peer name eth0 netns probe
        ip link set probe0 master "$1" mtu 1450 up
        ip -n probe addr add ${blue.net}.200/24 dev eth0 && ip -n probe link set eth0 up
        ip netns exec probe ping -n -c 3 -W 3 "$2"; true
        ip netns del probe; ip link del probe0 2>/dev/null; true`
      return await onHost(host('h1'), 'sh', '-c', script, 'probe', bridge, two.address)
    }
    assert.match(await probe(`brvx-${blue.vni}`), /3 packets transmitted, [123] received/)
    assert.match(await probe(`brvx-${red.vni}`), /3 packets transmitted, 0 received/)
    await env.client.run('destroyVirtualMachine', { id: outsider.id, expunge: true })
    await until('the bridge of red has gone with its last guest', 15_000, async () =>
      (await links('h1')).includes('brvx-5002') ? undefined : true,
    )
  })

  test('a NIC is plugged into a running guest, goes down and up, and is taken away', async () => {
    const added = await env.client.run('addNicToVirtualMachine', { virtualmachineid: one.id, networkid: redId })
    const nics = (added.nic ?? []) as { id: string; networkid: string; macaddress: string }[]
    const nic = nics.find((candidate) => candidate.networkid === redId)
    assert.ok(nic)
    assert.match(await links('h1'), /master brvx-5002/)
    await until('the guest sees the card', 30_000, async () =>
      (await inGuest(one, 'h1', 'ip link')).includes(nic.macaddress) ? true : undefined,
    )
    await env.client.run('updateVmNic', { nicid: nic.id, enabled: false })
    assert.match(await onHost(host('h1'), 'virsh', 'domif-getlink', one.instanceName, nic.macaddress), /down/)
    await env.client.run('updateVmNic', { nicid: nic.id, enabled: true })
    await env.client.run('removeNicFromVirtualMachine', { virtualmachineid: one.id, nicid: nic.id })
    assert.doesNotMatch(await onHost(host('h1'), 'virsh', 'domiflist', one.instanceName), new RegExp(nic.macaddress))
    assert.ok(!(await inGuest(one, 'h1', 'ip link')).includes(nic.macaddress), 'the guest has let go of it')
    assert.doesNotMatch(await links('h1'), /brvx-5002/)
  })

  test('a guest moves along its VXLAN to the other cluster; the host it leaves forgets the network, a restart of its agent too', async () => {
    const hostid = await env.hostId('h2')
    const job = await env.client.start('migrateVirtualMachine', { virtualmachineid: one.id, hostid })
    await env.client.wait(job.jobid, { timeoutMs: 180_000 })
    assert.match(await inGuest(one, 'h2', `ping -c 3 -W 5 ${two.address}`), /[123] packets received/)
    assert.doesNotMatch(await links('h1'), /brvx-5001/)
    // Somebody removes the bridge under running guests: the agent makes it again when it starts.
    await onHost(host('h2'), 'ip', 'link', 'del', 'vxlan5001')
    await onHost(host('h2'), 'systemctl', 'restart', 'cloudstack-agent')
    await until('the VXLAN is back', 60_000, async () =>
      /vxlan5001.*master brvx-5001/.test(await links('h2')) ? true : undefined,
    )
    for (const vm of [one, two]) await env.client.run('destroyVirtualMachine', { id: vm.id, expunge: true })
    assert.doesNotMatch(await links('h2'), /brvx-/)
  })

  test('a running guest moves with its disk to local storage in the other cluster, and counts on', async () => {
    const { client, zone } = env
    const offering = await client.get('createServiceOffering', {
      ...{ name: 'Local', displaytext: 'On the disk of its host', cpunumber: 1, cpuspeed: 500, memory: 128 },
      storagetype: 'local',
    })
    const job = await client.start('deployVirtualMachine', {
      ...{
        name: 'mover',
        zoneid: zone.zoneId,
        serviceofferingid: String(offering.id),
        templateid: String(env.templateId),
      },
      ...{ networkids: [zone.networkId], hostid: await env.hostId('h1') },
    })
    await client.wait(job.jobid, { timeoutMs: 240_000 })
    const vm = await env.vm(String(job.id))
    assert.ok(vm)
    await waitForPing(vm.address, 240_000)
    const before = await waitForTick(vm.address, 3)
    const hostid = await env.hostId('h2')
    const { items: hosts } = await client.list('findHostsForMigration', { virtualmachineid: vm.id })
    assert.deepEqual(
      hosts.map((one) => [one.id, one.suitableformigration, one.requiresStorageMotion, one.refusals]),
      [[hostid, true, true, []]],
    )
    const began = performance.now()
    const move = await client.start('migrateVirtualMachineWithVolume', { virtualmachineid: vm.id, hostid })
    await client.wait(move.jobid, { timeoutMs: 300_000 })
    measured('migrationWithDisk', performance.now() - began, 'ms')
    await waitForTick(vm.address, before.tick + 4)
    const page = await guestPage(vm.address)
    assert.equal(page.boots, 1)
    assert.ok(page.diskTick >= page.tick - 1, 'each tick is on the disk')
    assert.deepEqual(brokenTicks(said(vm)), { missing: [], repeated: [] })
    const { items: volumes } = await client.list('listVolumes', { virtualmachineid: vm.id })
    assert.match(String(volumes[0]?.storage), /^h2-local-/)
    const file = `/var/lib/libvirt/images/${volumes[0]?.id}`
    await onHost(host('h2'), 'test', '-e', file)
    await until('the source has removed its file', 30_000, () =>
      onHost(host('h1'), 'test', '-e', file).then(
        () => false,
        () => true,
      ),
    )
    // What it wrote before and after the move is on the one disk that is left.
    await client.run('stopVirtualMachine', { id: vm.id, forced: true })
    await client.run('startVirtualMachine', { id: vm.id })
    await until('it has booted again', 240_000, async () => (await guestPage(vm.address)).boots === 2)
    assert.ok((await waitForTick(vm.address, page.tick)).diskTick >= page.diskTick)
    await client.run('destroyVirtualMachine', { id: vm.id, expunge: true })
  })
})
