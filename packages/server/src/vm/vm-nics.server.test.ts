import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { peersOfZone, tellPeers } from '../network/vxlan-peers.ts'
import { createModelHosts, type ModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import { databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { ApiCallError, type Body, type Params, startTestServer, type TestServer } from '../testing/test-server.ts'
import { requireVm } from './vm.repository.ts'
import { vmSpec } from './vm-spec.ts'

async function refused(call: Promise<unknown>, code: number, text: RegExp): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof ApiCallError, String(error))
    assert.equal(error.errorcode, code, error.message)
    assert.match(error.message, text)
    return true
  })
}

for (const kind of databaseKinds) {
  const skip = databaseMissing(kind)
  describe(`NICs of virtual machines on ${kind}`, skip === undefined ? {} : { skip }, () => {
    let s: TestServer
    let zone: ModelZone
    let model: ModelHosts
    let shared: string
    let second: string
    let vxlan: string

    before(async () => {
      s = await startTestServer({ database: kind })
      zone = await insertModelZone(s.ctx.db, s.ctx.runtime.uuid, { hosts: 2 })
      model = createModelHosts(zone.hosts.map((host) => host.id))
      Object.assign(s.ctx, { agents: model.agents })
      const physical = async (name: string, over: Params): Promise<string> => {
        const made = await s.run('createPhysicalNetwork', { zoneid: zone.zone, name, ...over })
        const physicalnetworkid = made.physicalnetwork.id
        await s.run('addTrafficType', { physicalnetworkid, traffictype: 'Guest', kvmnetworklabel: `br-${name}` })
        await s.run('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' })
        return physicalnetworkid
      }
      const vlans = await physical('vlans', { vlan: '100-199' })
      const vxlans = await physical('vxlans', { vlan: '5000-5999', isolationmethods: 'VXLAN' })
      const create = async (name: string, offering: string, over: Params): Promise<string> => {
        const { networkoffering } = await s.call('listNetworkOfferings', { name: offering })
        const params = { zoneid: zone.zone, name, networkofferingid: networkoffering[0].id, ...over }
        return (await s.call('createNetwork', params)).network.id
      }
      const range = (net: string): Params => ({
        ...{ gateway: `${net}.1`, netmask: '255.255.255.0', startip: `${net}.10`, endip: `${net}.13` },
        physicalnetworkid: vlans,
      })
      shared = await create('shared', 'DefaultSharedNetworkOffering', { vlan: '300', ...range('10.7.0') })
      second = await create('second', 'DefaultSharedNetworkOffering', { vlan: '301', ...range('10.8.0') })
      vxlan = await create('vxlan', 'DefaultL2NetworkOffering', { physicalnetworkid: vxlans })
    })
    after(async () => {
      await s?.stop()
      await stopTestDatabases()
    })

    const deploy = async (over: Params): Promise<Body> =>
      (
        await s.run('deployVirtualMachine', {
          ...{ serviceofferingid: zone.offering, templateid: zone.template, zoneid: zone.zone },
          ...over,
        })
      ).virtualmachine
    const nicsOf = async (virtualmachineid: string, over: Params = {}): Promise<Body[]> =>
      (await s.call('listNics', { virtualmachineid, ...over })).nic ?? []
    const specs = async (uuid: string): Promise<Body[]> => {
      const { id } = await s.ctx.db
        .selectFrom('vm_instance')
        .select('id')
        .where('uuid', '=', uuid)
        .executeTakeFirstOrThrow()
      return [...(await vmSpec(s.ctx.db, s.ctx, await requireVm(s.ctx.db, id))).nics]
    }
    const destroy = (id: string): Promise<Body> => s.run('destroyVirtualMachine', { id, expunge: true })

    test('deployed on several networks with addresses and MACs of its own; hosts are told each wire', async () => {
      const vm = await deploy({
        name: 'web',
        'iptonetworklist[0].networkid': shared,
        'iptonetworklist[0].ip': '10.7.0.12',
        'iptonetworklist[0].mac': '02:00:00:00:00:07',
        'iptonetworklist[1].networkid': vxlan,
        'iptonetworklist[2].networkid': zone.network,
      })
      const nics = await nicsOf(vm.id)
      assert.deepEqual(
        nics.map((nic) => [nic.networkname, nic.ipaddress, nic.isdefault, nic.deviceid, nic.virtualmachineid]),
        [
          ['shared', '10.7.0.12', true, '0', vm.id],
          ['vxlan', undefined, false, '1', vm.id],
          ['net1', undefined, false, '2', vm.id],
        ],
      )
      assert.equal(nics[0].vlanid, 300)
      assert.equal(nics[1].mtu, 1450)
      const [first, third, plain] = await specs(vm.id)
      assert.deepEqual(
        [first.bridge, first.segment, first.mac],
        ['br-vlans', { kind: 'vlan', id: 300 }, '02:00:00:00:00:07'],
      )
      assert.equal(third.bridge, 'br-vxlans')
      assert.deepEqual(third.segment, { kind: 'vxlan', id: nics[1].vlanid, flood: 'multicast' })
      assert.deepEqual([plain.bridge, plain.segment], ['br-vlans', undefined], 'the label of its zone')
      await destroy(vm.id)
    })

    test('a running one gets a NIC, another address, another default, a link down; and loses all of it', async () => {
      const vm = await deploy({ name: 'busy', networkids: shared })
      const before = model.calls.length
      const added = await s.run('addNicToVirtualMachine', {
        ...{ virtualmachineid: vm.id, networkid: second, ipaddress: '10.8.0.11' },
      })
      assert.equal(added.virtualmachine.nic.length, 2)
      assert.ok(model.calls.slice(before).some((call) => call.startsWith('vm.nics@')))
      await refused(
        s.run('addNicToVirtualMachine', { virtualmachineid: vm.id, networkid: second }),
        431,
        /it has one there already/,
      )
      const [one, two] = await nicsOf(vm.id)
      assert.deepEqual([two.ipaddress, two.isdefault, two.networkid], ['10.8.0.11', false, second])
      assert.equal((await specs(vm.id))[1].dhcp.defaultRoute, false)
      const extra = await s.run('addIpToNic', { nicid: two.id, ipaddress: '10.8.0.13', description: 'for the web' })
      assert.deepEqual(extra.nicsecondaryip, {
        ...{ id: extra.nicsecondaryip.id, ipaddress: '10.8.0.13', description: 'for the web' },
        ...{ nicid: two.id, networkid: second, virtualmachineid: vm.id },
      })
      assert.deepEqual((await specs(vm.id))[1].addresses, ['10.8.0.11', '10.8.0.13'])
      await refused(s.run('addIpToNic', { nicid: two.id, ipaddress: '10.8.0.13' }), 431, /is in use/)
      await refused(s.run('updateVmNicIp', { nicid: two.id, ipaddress: '10.8.0.12' }), 431, /needs it Stopped/)
      const down = await s.run('updateVmNic', { nicid: two.id, enabled: false })
      assert.deepEqual([down.nic.enabled, down.nic.id], [false, two.id])
      assert.equal((await specs(vm.id))[1].linkUp, false)
      await s.run('updateVmNic', { nicid: two.id, enabled: true })
      await refused(
        s.run('removeNicFromVirtualMachine', { virtualmachineid: vm.id, nicid: one.id }),
        431,
        /default one of busy: it stays/,
      )
      await s.run('updateDefaultNicForVirtualMachine', { virtualmachineid: vm.id, nicid: two.id })
      assert.deepEqual(
        (await nicsOf(vm.id)).map((nic) => nic.isdefault),
        [false, true],
      )
      await refused(
        s.run('updateDefaultNicForVirtualMachine', { virtualmachineid: vm.id, nicid: two.id }),
        431,
        /already/,
      )
      assert.equal((await s.call('listVirtualMachines', { id: vm.id })).virtualmachine[0].ipaddress, '10.8.0.11')
      await s.run('removeIpFromNic', { id: extra.nicsecondaryip.id })
      assert.deepEqual((await nicsOf(vm.id, { nicid: two.id }))[0].secondaryip, [])
      const left = await s.run('removeNicFromVirtualMachine', { virtualmachineid: vm.id, nicid: one.id })
      assert.deepEqual(
        left.virtualmachine.nic.map((nic: Body) => nic.id),
        [two.id],
      )
      await s.run('restartNetwork', { id: second, cleanup: true })
      assert.ok(model.calls.some((call) => call.startsWith('network.verify@')))
      await destroy(vm.id)
      const taken = await s.ctx.db.selectFrom('user_ip_address').select('id').where('state', '!=', 'Free').execute()
      assert.deepEqual(taken, [])
    })

    test('what a host refuses leaves no NIC and no address behind', async () => {
      const vm = await deploy({ name: 'unlucky', networkids: shared })
      model.trouble({ method: 'vm.nics', how: 'refuse' })
      await assert.rejects(
        s.run('addNicToVirtualMachine', { virtualmachineid: vm.id, networkid: second }),
        /the host refuses/,
      )
      assert.equal((await nicsOf(vm.id)).length, 1)
      const [nic] = await nicsOf(vm.id)
      model.trouble({ method: 'vm.nics', how: 'refuse' })
      await assert.rejects(s.run('addIpToNic', { nicid: nic.id }), /the host refuses/)
      assert.deepEqual((await nicsOf(vm.id))[0].secondaryip, [])
      const taken = await s.ctx.db.selectFrom('user_ip_address').select('id').where('state', '!=', 'Free').execute()
      assert.equal(taken.length, 1)
      await destroy(vm.id)
    })

    test('a stopped one changes without a host; its addresses too', async () => {
      const vm = await deploy({ name: 'still', networkids: shared, startvm: false })
      const calls = model.calls.length
      await s.run('addNicToVirtualMachine', { virtualmachineid: vm.id, networkid: vxlan })
      const [one, two] = await nicsOf(vm.id)
      await s.run('updateVmNicIp', { nicid: one.id, ipaddress: '10.7.0.13' })
      await s.run('updateVmNicIp', { nicid: one.id, ipaddress: '10.7.0.13' })
      assert.equal((await nicsOf(vm.id))[0].ipaddress, '10.7.0.13')
      await refused(s.run('updateVmNicIp', { nicid: two.id }), 431, /gives no addresses/)
      await refused(s.run('addIpToNic', { nicid: two.id }), 431, /gives no addresses/)
      await refused(s.run('updateVmNicIp', { nicid: one.id, ipaddress: '10.9.0.1' }), 431, /in no range/)
      await s.run('removeNicFromVirtualMachine', { virtualmachineid: vm.id, nicid: two.id })
      assert.deepEqual(model.calls.slice(calls), [])
      const other = await deploy({ name: 'other', networkids: shared, startvm: false })
      const [foreign] = await nicsOf(other.id)
      await refused(
        s.run('removeNicFromVirtualMachine', { virtualmachineid: vm.id, nicid: foreign.id }),
        431,
        /is not one of still/,
      )
      const stranger = await s.addAccount('stranger', 'User', (await s.addDomain('elsewhere')).id)
      await refused(s.run('updateVmNic', { nicid: one.id, enabled: false }, stranger), 531, /may not operate this Nic/)
      await refused(s.run('addIpToNic', { nicid: one.id }, stranger), 531, /may not operate this Nic/)
      await refused(s.call('listNics', { virtualmachineid: vm.id }, stranger), 531, /may not/)
      await destroy(vm.id)
      await destroy(other.id)
    })

    test('hosts are told whom VXLANs flood to, once, in the mode that needs it', async () => {
      const { db } = s.ctx
      const { id: zoneId } = await db
        .selectFrom('data_center')
        .select('id')
        .where('uuid', '=', zone.zone)
        .executeTakeFirstOrThrow()
      const [first] = zone.hosts
      assert.ok(first)
      const facts = JSON.stringify({
        interfaces: [{ name: 'br-vxlans', addresses: ['10.55.0.1'], mac: '', bridge: true, mtu: 1550 }],
      })
      await db.updateTable('host').set({ facts }).where('id', '=', first.id).execute()
      assert.deepEqual(await peersOfZone(db, zoneId), ['10.0.1.2', '10.55.0.1'])
      const told = (): number => model.calls.filter((call) => call.startsWith('network.peers@')).length
      await tellPeers(s.ctx, zoneId)
      assert.equal(told(), 0, 'multicast needs no list')
      await s.call('updateConfiguration', { name: 'alto.vxlan.mode', value: 'unicast', zoneid: zone.zone })
      await tellPeers(s.ctx, zoneId)
      await tellPeers(s.ctx, zoneId)
      assert.equal(told(), 2)
      await tellPeers(s.ctx, zoneId, first.id)
      assert.equal(told(), 3, 'a host that comes again is told again')
      await db.updateTable('host').set({ removed: 1 }).where('id', '=', first.id).execute()
      await tellPeers(s.ctx, zoneId)
      assert.equal(told(), 4)
      await db.updateTable('host').set({ removed: null }).where('id', '=', first.id).execute()
      // The smallest underlay decides what guests of a new VXLAN send.
      const offerings = (await s.call('listNetworkOfferings', { name: 'DefaultL2NetworkOfferingVlan' })).networkoffering
      const physical = (await s.call('listPhysicalNetworks', { name: 'vxlans' })).physicalnetwork[0].id
      const more = { zoneid: zone.zone, networkofferingid: offerings[0].id, physicalnetworkid: physical, vlan: '9000' }
      assert.equal((await s.call('createNetwork', { ...more, name: 'large' })).network.privatemtu, 1500)
    })
  })
}
