import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiError } from '@altostack/api'
import type { LabHost, Nas } from '@altostack/lab'
import { type LabEnvironment, measured, startLabEnvironment, until, type Vm } from '../lab-environment/index.ts'
import { joinMachines, machinesAreTested, whyNoMachine } from '../lab-environment/machine.ts'
import { onHost } from './host-access.ts'

const blue = { vlan: 701, net: '10.67.1' } as const
const red = { vlan: 702, net: '10.67.2' } as const

/**
 * VLANs, which only a kernel of its own has here, and logical volumes that two hosts share. Guests under two emulators are
 * slow, so what a network carries is proved by endpoints behind the bridges that the guests' start has made.
 */
;(machinesAreTested ? describe : () => {})(
  'two hosts with kernels of their own',
  { skip: await whyNoMachine() },
  () => {
    let env: LabEnvironment
    let nas: Nas
    let blueId: string
    let redId: string
    let one: Vm
    let two: Vm

    before(async () => {
      env = await startLabEnvironment({ hosts: 0, machines: 2, lean: true, nas: true, name: 'vlans' })
      nas = env.lab.nas as Nas
      await joinMachines(env, ['m1', 'm2'])
      // Encrypted by an emulated CPU, memory goes at some 2 MiB a second: the last of it takes more than 300 ms.
      await env.client.get('updateConfiguration', { name: 'alto.migration.max.downtime.ms', value: '10000' })
      const { zoneId: zoneid, podId: podid, clusterId: clusterid } = env.zone
      const place = { zoneid, podid, clusterid, scope: 'CLUSTER' as const }
      const url = `iscsi://${nas.addresses[0]}/${nas.iscsi.targets.open}/1`
      await env.client.get('createStoragePool', { ...place, name: 'lun', url })
      blueId = await network('blue', blue)
      redId = await network('red', red)
    })
    after(async () => await env?.stop())

    const host = (name: string): LabHost => env.lab.host(name)
    async function network(name: string, { vlan, net }: { vlan: number; net: string }, more = {}): Promise<string> {
      const { items } = await env.client.list('listNetworkOfferings', { name: 'DefaultSharedNetworkOffering' })
      const made = await env.client.get('createNetwork', {
        ...{ zoneid: env.zone.zoneId, physicalnetworkid: env.zone.physicalNetworkId, name, vlan: String(vlan) },
        ...{ networkofferingid: String(items[0]?.id), gateway: `${net}.1`, netmask: '255.255.255.0' },
        ...{ startip: `${net}.10`, endip: `${net}.20`, ...more },
      })
      return String(made.id)
    }
    async function deploy(name: string, hostName: string, networkId: string): Promise<Vm> {
      const job = await env.client.start('deployVirtualMachine', {
        ...{ name, zoneid: env.zone.zoneId, serviceofferingid: env.zone.offeringId },
        ...{ templateid: String(env.templateId), networkids: [networkId], hostid: await env.hostId(hostName) },
      })
      await env.client.wait(job.jobid, { timeoutMs: 1_200_000 })
      const vm = await env.vm(String(job.id))
      assert.equal(vm?.state, 'Running')
      return vm as Vm
    }
    const links = (name: string): Promise<string> => onHost(host(name), 'ip', '-d', '-o', 'link')
    /** Volumes of guests that are active on a host. */
    const active = async (name: string): Promise<string[]> =>
      (await onHost(host(name), 'lvs', '--noheadings', '-o', 'lv_name,lv_active,lv_tags'))
        .split('\n')
        .filter((line) => / active .*alto\.kind=volume/.test(line))
        .map((line) => line.trim().split(/\s+/)[0] as string)
    /** A station behind a bridge of a host, as a guest's card would be. */
    async function station(name: string, space: string, bridge: string, address: string): Promise<void> {
      const script = `ip netns add "$1" && ip link add "$1" type veth peer name eth0 netns "$1" &&
        ip link set "$1" master "$2" up && ip -n "$1" addr add "$3/24" dev eth0 && ip -n "$1" link set eth0 up`
      await onHost(host(name), 'sh', '-c', script, 'station', space, bridge, address)
    }
    const ping = async (name: string, space: string, address: string, ...more: string[]): Promise<string> =>
      (await host(name).exec(['ip', 'netns', 'exec', space, 'ping', '-n', '-c', '4', '-W', '5', ...more, address]))
        .stdout

    test('guests on a VLAN: each host makes its bridge and its tagged port', async () => {
      const began = performance.now()
      one = await deploy('one', 'm1', blueId)
      two = await deploy('two', 'm2', blueId)
      measured('vlanGuests.running', performance.now() - began, 'ms')
      for (const name of ['m1', 'm2']) {
        const seen = await links(name)
        assert.match(seen, /eth0\.701@eth0.* master breth0-701 .*vlan protocol 802\.1Q id 701/)
        assert.match(seen, /tap[0-9a-f]+:.* master breth0-701 /)
      }
      assert.match(one.address, /^10\.67\.1\./)
    })

    test('a VLAN reaches from host to host, in full packets; the other VLAN hears nothing', async () => {
      await deploy('other', 'm2', redId)
      assert.match(await links('m2'), /eth0\.702@eth0.* master breth0-702 /)
      await station('m1', 'here', 'breth0-701', `${blue.net}.101`)
      await station('m2', 'there', 'breth0-701', `${blue.net}.102`)
      await station('m2', 'apart', 'breth0-702', `${blue.net}.103`)
      const received = /[1-4] received/
      assert.match(await ping('m1', 'here', `${blue.net}.102`), received)
      assert.match(await ping('m1', 'here', `${blue.net}.102`, '-M', 'do', '-s', '1472'), received)
      // The same address plan on the other VLAN: not one frame crosses.
      assert.match(await ping('m1', 'here', `${blue.net}.103`), / 0 received/)
      assert.match(await ping('m2', 'apart', `${blue.net}.101`), / 0 received/)
      const heard = await onHost(host('m2'), 'ip', '-n', 'apart', 'neigh', 'show', `${blue.net}.101`)
      assert.doesNotMatch(heard, /lladdr/)
      // Nor does an untagged station on the hosts' own bridge hear a VLAN.
      await station('m2', 'bare', 'cloudbr0', `${blue.net}.104`)
      assert.match(await ping('m1', 'here', `${blue.net}.104`), / 0 received/)
      await onHost(host('m1'), 'ip', 'netns', 'del', 'here')
      for (const space of ['there', 'apart', 'bare']) await onHost(host('m2'), 'ip', 'netns', 'del', space)
    })

    test('a network that the hosts cannot carry is refused by name', async () => {
      const large = await network('large', { vlan: 703, net: '10.67.3' })
      await onHost(host('m1'), 'ip', 'link', 'set', 'eth0', 'mtu', '1400')
      try {
        const error = await deploy('large', 'm1', large).then(
          () => assert.fail('a guest that sends more than the host carries was started'),
          (reason: unknown) => reason,
        )
        assert.ok(error instanceof ApiError, String(error))
        assert.match(error.message, /1500 .*eth0 carries 1400/)
        assert.doesNotMatch(await links('m1'), /breth0-703/)
      } finally {
        await onHost(host('m1'), 'ip', 'link', 'set', 'eth0', 'mtu', '1500')
      }
    })

    test('a guest on a logical volume moves live: active on both hosts meanwhile, on one after', async () => {
      const own = (await active('m1')).filter((volume) => !volume.startsWith('['))
      assert.equal(own.length, 1)
      assert.ok(!(await active('m2')).includes(own[0] as string))
      const began = performance.now()
      const hostid = await env.hostId('m2')
      const job = await env.client.start('migrateVirtualMachine', { virtualmachineid: one.id, hostid })
      let both = false
      const moved = env.client.wait(job.jobid, { timeoutMs: 1_800_000 }).then(
        () => true,
        (error: unknown) => error,
      )
      let ended: unknown
      void moved.then((how) => {
        ended = how
      })
      await until('it has moved', 1_800_000, async () => {
        both ||= (await active('m2')).includes(own[0] as string) && (await active('m1')).includes(own[0] as string)
        return ended !== undefined
      })
      assert.equal(ended, true, String(ended))
      measured('migration of a guest on a logical volume', performance.now() - began, 'ms')
      assert.ok(both, 'its volume was active on both hosts')
      assert.equal((await env.vm(one.id))?.hostName, 'm2')
      assert.ok((await active('m2')).includes(own[0] as string))
      await until('its source has let go of the volume', 240_000, async () => (await active('m1')).length === 0, 2000)
      // Its VLAN went with it.
      await until('m1 has forgotten the VLAN', 60_000, async () => !/tap[0-9a-f]+:.*breth0-701/.test(await links('m1')))
    })

    test('stop lets go of a volume, start takes it on the other host', async () => {
      const stop = await env.client.start('stopVirtualMachine', { id: one.id, forced: true })
      await env.client.wait(stop.jobid, { timeoutMs: 600_000 })
      const before = await active('m2')
      const start = await env.client.start('startVirtualMachine', { id: one.id, hostid: await env.hostId('m1') })
      await env.client.wait(start.jobid, { timeoutMs: 1_200_000 })
      const here = await active('m1')
      assert.equal(here.length, 1)
      assert.ok(!before.includes(here[0] as string))
      assert.equal((await env.vm(two.id))?.state, 'Running')
    })
  },
)
