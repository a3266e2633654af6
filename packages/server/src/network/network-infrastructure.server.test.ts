import assert from 'node:assert/strict'
import { after, before, test as declareTest, describe } from 'node:test'
import { databaseKinds, databaseMissing, stopTestDatabases } from '../testing/test-databases.ts'
import { ApiCallError, type Body, type Params, startTestServer, type TestServer } from '../testing/test-server.ts'

const bodies: { readonly name: string; readonly body: (s: TestServer) => Promise<void> }[] = []
/** Every body runs on one server a database: they name their zones and accounts apart. */
function test(name: string, body: (s: TestServer) => Promise<void>): void {
  bodies.push({ name, body })
}

async function refused(call: Promise<unknown>, code: number, text: RegExp): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof ApiCallError, String(error))
    assert.equal(error.errorcode, code, error.message)
    assert.match(error.message, text)
    return true
  })
}

type Place = { readonly zone: string; readonly physical: string }

let zones = 0
async function createPlace(s: TestServer, over: Params = {}): Promise<Place> {
  const name = `z${++zones}`
  const zone = await s.call('createZone', { name, dns1: '10.0.0.1', internaldns1: '10.0.0.1', networktype: 'Advanced' })
  const made = await s.run('createPhysicalNetwork', { zoneid: zone.zone.id, name: 'p1', ...over })
  const physical = made.physicalnetwork.id as string
  await s.run('addTrafficType', { physicalnetworkid: physical, traffictype: 'Guest', kvmnetworklabel: 'cloudbr1' })
  await s.run('updatePhysicalNetwork', { id: physical, state: 'Enabled' })
  return { zone: zone.zone.id, physical }
}

async function offering(s: TestServer, name: string): Promise<string> {
  return (await s.call('listNetworkOfferings', { name })).networkoffering[0].id
}

async function l2(s: TestServer, place: Place, name: string, over: Params = {}): Promise<Body> {
  const networkofferingid = await offering(
    s,
    'vlan' in over ? 'DefaultL2NetworkOfferingVlan' : 'DefaultL2NetworkOffering',
  )
  return (await s.call('createNetwork', { zoneid: place.zone, name, networkofferingid, ...over })).network
}

test('networks get VLAN ids of the ranges, all of them, each once, and give them back', async (s) => {
  const place = await createPlace(s, { vlan: '100-104,200' })
  assert.equal(
    (await s.call('listPhysicalNetworks', { zoneid: place.zone })).physicalnetwork[0].vlan,
    '100-104,200-200',
  )
  const made = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => l2(s, place, name)))
  const ids = made.map((network) => network.vlan).toSorted()
  assert.deepEqual(ids, ['100', '101', '102', '103', '104', '200'])
  assert.equal(made[0].broadcasturi, `vlan://${made[0].vlan}`)
  assert.equal(made[0].broadcastdomaintype, 'Vlan')
  await refused(l2(s, place, 'g'), 533, /All 6 ids of physical network p1 are in use/)
  await refused(
    s.run('updatePhysicalNetwork', { id: place.physical, vlan: '100-104' }),
    536,
    /1 of its ids are in use \(vlan:\/\/200\)/,
  )
  await s.run('updatePhysicalNetwork', { id: place.physical, vlan: '100-110,200,300-301' })
  await s.run('deleteNetwork', { id: made.find((network) => network.vlan === '200').id })
  await s.run('updatePhysicalNetwork', { id: place.physical, vlan: '100-104' })
  await refused(l2(s, place, 'g'), 533, /in use/)
  await s.run('deleteNetwork', { id: made.find((network) => network.vlan === '103').id })
  assert.equal((await l2(s, place, 'g')).vlan, '103')
  const vlans = await s.call('listGuestVlans', { zoneid: place.zone })
  assert.equal(vlans.count, 5)
  assert.ok(vlans.guestvlan.every((one: Body) => one.allocationstate === 'Allocated' && one.network.length === 1))
})

test('a given VLAN: forms, limits, clashes with ranges and networks, the bypass', async (s) => {
  const place = await createPlace(s, { vlan: '100-110' })
  assert.equal((await l2(s, place, 'a', { vlan: 'vlan://500' })).vlan, '500')
  assert.equal((await l2(s, place, 'b', { vlan: '501' })).broadcasturi, 'vlan://501')
  assert.equal((await l2(s, place, 'c', { vlan: 'untagged' })).broadcasturi, 'vlan://untagged')
  assert.equal((await l2(s, place, 'd', { vlan: 'vlan://untagged' })).vlan, 'untagged')
  for (const vlan of ['0', '4095', 'vxlan://5001', 'lswitch:x', '-1', '100-101', 'vlan://']) {
    await refused(l2(s, place, 'x', { vlan }), 431, /is no network id of physical network p1/)
  }
  await refused(l2(s, place, 'x', { vlan: '500' }), 431, /vlan:\/\/500 is in use by network a/)
  await refused(l2(s, place, 'x', { vlan: '105' }), 431, /is in the range 100-110/)
  const shared = await l2(s, place, 'e', { vlan: '500', bypassvlanoverlapcheck: true })
  assert.equal(shared.vlan, '500')
  assert.equal((await s.call('listNetworks', { vlan: '500', zoneid: place.zone })).count, 2)
  const [used] = (await s.call('listGuestVlans', { vnet: '500', allocatedonly: true, zoneid: place.zone })).guestvlan
  assert.deepEqual(used.network.map((one: Body) => one.name).toSorted(), ['a', 'e'])
  // The wire stays claimed until the last of both has gone.
  await s.run('deleteNetwork', { id: (await s.call('listNetworks', { name: 'a', zoneid: place.zone })).network[0].id })
  await refused(l2(s, place, 'x', { vlan: '500' }), 431, /in use by network e/)
  await s.run('deleteNetwork', { id: shared.id })
  assert.equal((await l2(s, place, 'x', { vlan: '500' })).vlan, '500')
  const drawing = await offering(s, 'DefaultL2NetworkOffering')
  const both = { zoneid: place.zone, name: 'y', networkofferingid: drawing, vlan: '600' }
  await refused(s.call('createNetwork', both), 431, /specifyvlan=false/)
})

test('VXLAN: ids, group of millions, MTU of the underlay, one isolation method', async (s) => {
  const place = await createPlace(s, { isolationmethods: 'vxlan', vlan: '5000-16000000' })
  const [physical] = (await s.call('listPhysicalNetworks', { zoneid: place.zone })).physicalnetwork
  assert.deepEqual([physical.isolationmethods, physical.vlan], ['VXLAN', '5000-16000000'])
  const drawn = await l2(s, place, 'a')
  assert.ok(Number(drawn.vlan) >= 5000 && drawn.broadcasturi === `vxlan://${drawn.vlan}`, drawn.broadcasturi)
  assert.equal(drawn.broadcastdomaintype, 'Vxlan')
  assert.equal(drawn.privatemtu, 1450)
  assert.equal((await l2(s, place, 'b', { vlan: 'vxlan://16777215' })).vlan, '16777215')
  assert.equal((await l2(s, place, 'c', { vlan: '4000', privatemtu: 1400 })).privatemtu, 1400)
  await refused(l2(s, place, 'x', { vlan: 'vlan://100' }), 431, /isolation method VXLAN|no network id/)
  await refused(l2(s, place, 'x', { vlan: 'vxlan://16777216' }), 431, /no network id/)
  await refused(l2(s, place, 'x', { vlan: '4001', privatemtu: 100 }), 431, /privatemtu is 576 to 9216/)
  const page = await s.call('listGuestVlans', { physicalnetworkid: place.physical, page: 31990, pagesize: 500 })
  assert.equal(page.count, 16_000_000 - 5000 + 1 + 2)
  assert.equal(page.guestvlan.length, 500)
  for (const isolationmethods of ['GRE', 'L3', 'VLAN,VXLAN']) {
    await refused(
      s.run('createPhysicalNetwork', { zoneid: place.zone, name: isolationmethods, isolationmethods }),
      431,
      /isolationmethods is VLAN or VXLAN/,
    )
  }
  for (const vlan of ['0-5', '5-1', 'a', '1-5,', '5000-4000000000']) {
    await refused(s.run('updatePhysicalNetwork', { id: place.physical, vlan }), 431, /vlan:/)
  }
})

test('users make L2 networks of their own from the ranges, and none on a given VLAN', async (s) => {
  const place = await createPlace(s, { vlan: '100-110' })
  const ours = await s.addDomain('ours')
  const user = await s.addAccount('user', 'User', ours.id)
  const networkofferingid = await offering(s, 'DefaultL2NetworkOffering')
  const { network } = await s.call('createNetwork', { zoneid: place.zone, name: 'mine', networkofferingid }, user)
  assert.equal(network.account, 'user')
  assert.equal(network.broadcasturi, undefined, 'users do not see wires')
  const given = { zoneid: place.zone, name: 'no', networkofferingid: await offering(s, 'DefaultL2NetworkOfferingVlan') }
  await refused(s.call('createNetwork', { ...given, vlan: '7' }, user), 531, /Only root administrators/)
  await refused(s.call('createNetwork', given, user), 531, /Only root administrators/)
  await s.run('updateNetwork', { id: network.id, name: 'ours', displaytext: 'Ours' }, user)
  assert.equal((await s.call('listNetworks', {}, user)).network[0].name, 'ours')
  await refused(s.run('updateNetwork', { id: network.id, privatemtu: 1400 }, user), 531, /Only root/)
  // A range of one's own: nobody else's networks come from it.
  await s.run('deleteNetwork', { id: network.id }, user)
  const mine = { physicalnetworkid: place.physical, account: 'user', domainid: ours.uuid }
  const dedicated = await s.call('dedicateGuestVlanRange', { ...mine, vlanrange: '100-109' }).catch((error) => error)
  if (dedicated instanceof Error) assert.fail(dedicated.message)
  assert.equal(dedicated.dedicatedguestvlanrange.guestvlanrange, '100-109')
  await refused(s.call('dedicateGuestVlanRange', { ...mine, vlanrange: '105-110' }), 431, /overlaps/)
  await refused(s.call('dedicateGuestVlanRange', { ...mine, vlanrange: '900' }), 431, /not inside/)
  assert.equal((await l2(s, place, 'admins')).vlan, '110')
  await refused(l2(s, place, 'more'), 533, /in use/)
  const listed = await s.call('listDedicatedGuestVlanRanges', { account: 'user', domainid: ours.uuid })
  assert.equal(listed.dedicatedguestvlanrange[0].account, 'user')
  await s.run('releaseDedicatedGuestVlanRange', { id: listed.dedicatedguestvlanrange[0].id })
  assert.equal((await s.call('listDedicatedGuestVlanRanges', { zoneid: place.zone })).count, undefined)
  assert.ok(Number((await l2(s, place, 'more')).vlan) < 110)
})

test('tags of an offering choose among physical networks', async (s) => {
  const place = await createPlace(s, { vlan: '100-110', tags: 'red' })
  const second = await s.run('createPhysicalNetwork', { zoneid: place.zone, name: 'p2', vlan: '200-210', tags: 'blue' })
  const id = second.physicalnetwork.id
  await s.run('addTrafficType', { physicalnetworkid: id, traffictype: 'Guest' })
  await s.run('updatePhysicalNetwork', { id, state: 'Enabled' })
  await refused(l2(s, place, 'x'), 431, /several physical networks/)
  const { networkoffering } = await s.call('createNetworkOffering', {
    name: 'blue',
    displaytext: 'Blue',
    guestiptype: 'L2',
    traffictype: 'GUEST',
    tags: 'blue',
    enable: true,
  })
  assert.deepEqual(
    [networkoffering.state, networkoffering.tags, networkoffering.guestiptype],
    ['Enabled', 'blue', 'L2'],
  )
  const network = (
    await s.call('createNetwork', { zoneid: place.zone, name: 'b', networkofferingid: networkoffering.id })
  ).network
  assert.equal(network.physicalnetworkid, id)
  assert.ok(Number(network.vlan) >= 200)
  await s.call('updateNetworkOffering', { id: networkoffering.id, tags: 'green' })
  await refused(
    s.call('createNetwork', { zoneid: place.zone, name: 'g', networkofferingid: networkoffering.id }),
    431,
    /has the tags of offering blue: green/,
  )
})

test('network offerings: services and providers, limits, state, end', async (s) => {
  const place = await createPlace(s)
  const ours = await s.addDomain('theirs')
  const user = await s.addAccount('reader', 'User', ours.id)
  const stranger = await s.addAccount('stranger', 'User')
  const create = (over: Params): Promise<Body> =>
    s.call('createNetworkOffering', {
      name: 'o',
      displaytext: 'O',
      traffictype: 'Guest',
      guestiptype: 'Shared',
      ...over,
    })
  const made = (
    await create({
      supportedservices: 'Dhcp,dns,SecurityGroup',
      'serviceproviderlist[0].service': 'Dhcp',
      'serviceproviderlist[0].provider': 'virtualrouter',
      domainid: ours.uuid,
      zoneid: place.zone,
      'details[0].key': 'colour',
      'details[0].value': 'red',
    })
  ).networkoffering
  assert.equal(made.state, 'Disabled')
  assert.equal(made.specifyipranges, true)
  assert.deepEqual(
    made.service.map((one: Body) => [one.name, one.provider[0].name]),
    [
      ['Dhcp', 'VirtualRouter'],
      ['Dns', 'VirtualRouter'],
      ['SecurityGroup', 'SecurityGroupProvider'],
    ],
  )
  assert.deepEqual([made.domainid, made.zoneid, made.details], [ours.uuid, place.zone, { colour: 'red' }])
  await refused(create({}), 431, /named o exists/)
  await refused(create({ name: 'p', supportedservices: 'Nothing' }), 431, /no network service Nothing/)
  await refused(create({ name: 'p', supportedservices: 'SourceNat' }), 431, /routed networks/)
  await refused(create({ name: 'p', guestiptype: 'L2', supportedservices: 'Dhcp' }), 431, /L2 network has no services/)
  await refused(create({ name: 'p', specifyipranges: false }), 431, /specifyipranges is true/)
  await refused(
    create({
      name: 'p',
      supportedservices: 'Dhcp',
      'serviceproviderlist[0].service': 'Dhcp',
      'serviceproviderlist[0].provider': 'Netscaler',
    }),
    431,
    /Netscaler cannot give Dhcp/,
  )
  const isolated = await create({
    name: 'i',
    guestiptype: 'Isolated',
    supportedservices: 'Dhcp,SourceNat',
    'servicecapabilitylist[0].service': 'SourceNat',
    'servicecapabilitylist[0].capabilitytype': 'SupportedSourceNatTypes',
    'servicecapabilitylist[0].capabilityvalue': 'peraccount',
  })
  assert.deepEqual(isolated.networkoffering.service[1].capability[0].name, 'SupportedSourceNatTypes')
  const names = async (as: typeof user, over: Params = {}): Promise<string[]> =>
    ((await s.call('listNetworkOfferings', over, as)).networkoffering ?? []).map((one: Body) => one.name)
  assert.ok((await names(user)).includes('o'))
  assert.ok(!(await names(stranger)).includes('o'))
  const other = await createPlace(s)
  assert.ok((await names(s.admin, { zoneid: place.zone })).includes('o'))
  assert.ok(!(await names(s.admin, { zoneid: other.zone })).includes('o'))
  await s.call('updateNetworkOffering', {
    id: made.id,
    domainid: 'public',
    zoneid: 'all',
    state: 'enabled',
    name: 'o2',
  })
  assert.ok((await names(stranger)).includes('o2'))
  const addresses = { gateway: '10.7.0.1', netmask: '255.255.255.0', startip: '10.7.0.10', endip: '10.7.0.12' }
  const network = (
    await s.call('createNetwork', { zoneid: place.zone, name: 'n', networkofferingid: made.id, ...addresses })
  ).network
  await refused(s.call('deleteNetworkOffering', { id: made.id }), 536, /1 networks have it \(n\)/)
  const default8 = await offering(s, 'DefaultSharedNetworkOffering')
  await refused(s.call('deleteNetworkOffering', { id: default8 }), 431, /default offering/)
  await refused(
    s.run('updateNetwork', { id: network.id, networkofferingid: default8 }),
    431,
    /security groups come and go/,
  )
  await refused(
    s.run('updateNetwork', { id: network.id, networkofferingid: isolated.networkoffering.id }),
    431,
    /it is Disabled/,
  )
  await s.run('deleteNetwork', { id: network.id })
  await s.call('deleteNetworkOffering', { id: made.id })
  assert.ok(!(await names(s.admin)).includes('o2'))
})

test('physical network: traffic types, providers, elements, end', async (s) => {
  const place = await createPlace(s)
  const types = async (): Promise<Body[]> =>
    (await s.call('listTrafficTypes', { physicalnetworkid: place.physical })).traffictype ?? []
  const [guest] = await types()
  const updated = await s.run('updateTrafficType', { id: guest.id, kvmnetworklabel: 'cloudbr9', xennetworklabel: 'x' })
  assert.deepEqual([updated.traffictype.kvmnetworklabel, updated.traffictype.xennetworklabel], ['cloudbr9', 'x'])
  assert.equal(
    (await s.run('updateTrafficType', { id: guest.id, kvmnetworklabel: '' })).traffictype.kvmnetworklabel,
    undefined,
  )
  assert.equal((await s.call('listTrafficTypeImplementors')).count, 4)
  const network = await l2(s, place, 'a', { vlan: '100' })
  await refused(s.run('deleteTrafficType', { id: guest.id }), 536, /wire of a/)
  await refused(s.run('deletePhysicalNetwork', { id: place.physical }), 536, /it carries a/)

  const providers = async (over: Params = {}): Promise<Body[]> =>
    (await s.call('listNetworkServiceProviders', { physicalnetworkid: place.physical, ...over }))
      .networkserviceprovider ?? []
  assert.deepEqual(
    (await providers()).map((one) => [one.name, one.state]),
    ['VirtualRouter', 'VpcVirtualRouter', 'InternalLbVm', 'ConfigDrive', 'SecurityGroupProvider'].map((name) => [
      name,
      'Disabled',
    ]),
  )
  const [router] = await providers({ name: 'VirtualRouter' })
  const elements = (await s.call('listVirtualRouterElements')).virtualrouterelement
  const element = elements.find((one: Body) => one.nspid === router.id)
  assert.equal(element.enabled, false)
  const on = await s.run('configureVirtualRouterElement', { id: element.id, enabled: true })
  assert.deepEqual(on.virtualrouterelement, { id: element.id, nspid: router.id, enabled: true })
  assert.equal((await s.call('listVirtualRouterElements', { nspid: router.id, enabled: true })).count, 1)
  await refused(
    s.run('configureInternalLoadBalancerElement', { id: element.id, enabled: true }),
    431,
    /is one of VirtualRouter/,
  )
  const [lb] = await providers({ name: 'InternalLbVm' })
  const [balancer] = (await s.call('listInternalLoadBalancerElements', { nspid: lb.id })).internalloadbalancerelement
  await s.run('configureInternalLoadBalancerElement', { id: balancer.id, enabled: true })
  const enabled = await s.run('updateNetworkServiceProvider', {
    id: router.id,
    state: 'enabled',
    servicelist: 'dhcp,Dns',
  })
  assert.deepEqual(
    [enabled.networkserviceprovider.state, enabled.networkserviceprovider.servicelist],
    ['Enabled', ['Dhcp', 'Dns']],
  )
  await refused(s.run('updateNetworkServiceProvider', { id: router.id, servicelist: 'Lb' }), 431, /cannot give Lb/)
  const add = { physicalnetworkid: place.physical, name: 'ConfigDrive' }
  await refused(s.run('addNetworkServiceProvider', add), 431, /has the provider ConfigDrive already/)
  await refused(s.run('addNetworkServiceProvider', { ...add, name: 'Netscaler' }), 431, /no network service provider/)
  const [drive] = await providers({ name: 'ConfigDrive' })
  await s.run('deleteNetworkServiceProvider', { id: drive.id })
  assert.equal((await s.run('addNetworkServiceProvider', add)).networkserviceprovider.state, 'Disabled')
  assert.deepEqual(
    (await s.call('listSupportedNetworkServices', { provider: 'VirtualRouter' })).networkservice.map(
      (one: Body) => one.name,
    ),
    ['Dhcp', 'Dns', 'UserData'],
  )
  await s.run('deleteNetwork', { id: network.id })
  await s.run('deleteTrafficType', { id: guest.id })
  assert.deepEqual(await types(), [])
  await s.run('deletePhysicalNetwork', { id: place.physical })
  const left = (await s.call('listNetworkServiceProviders')).networkserviceprovider ?? []
  assert.ok(!left.some((one: Body) => one.physicalnetworkid === place.physical))
  await refused(s.call('listVirtualRouterElements', { nspid: router.id }), 431, /nspid/)
  for (const command of ['listVPCs', 'listNetworkACLLists', 'listNetworkACLs']) {
    assert.deepEqual(await s.call(command), {})
  }
})

test('storage network ranges of a pod', async (s) => {
  const { zone } = await createPlace(s)
  const pod = await s.call('createPod', {
    name: 'p1',
    zoneid: zone,
    gateway: '10.9.8.1',
    netmask: '255.255.255.0',
    startip: '10.9.8.2',
  })
  const podid = pod.pod.id as string
  const range = {
    podid,
    gateway: '10.5.0.1',
    netmask: '255.255.255.0',
    startip: '10.5.0.10',
    endip: '10.5.0.20',
    vlan: 7,
  }
  const made = (await s.run('createStorageNetworkIpRange', range)).storagenetworkiprange
  assert.deepEqual([made.podid, made.zoneid, made.vlan, made.endip], [podid, zone, 7, '10.5.0.20'])
  await refused(s.run('createStorageNetworkIpRange', { ...range, startip: '10.5.0.15' }), 431, /overlaps/)
  await refused(s.run('createStorageNetworkIpRange', { ...range, startip: '10.6.0.15', vlan: 4095 }), 431, /./)
  await refused(s.run('updateStorageNetworkIpRange', { id: made.id, vlan: 5000 }), 431, /vlan is 1 to 4094/)
  const updated = (await s.run('updateStorageNetworkIpRange', { id: made.id, endip: '10.5.0.30', vlan: 8 }))
    .storagenetworkiprange
  assert.deepEqual([updated.startip, updated.endip, updated.vlan], ['10.5.0.10', '10.5.0.30', 8])
  assert.equal((await s.call('listStorageNetworkIpRange', { podid })).count, 1)
  await s.run('deleteStorageNetworkIpRange', { id: made.id })
  assert.equal((await s.call('listStorageNetworkIpRange', { zoneid: zone })).count, undefined)
})

test('public addresses of a zone: on Public traffic, apart from each other, changed and deleted', async (s) => {
  const place = await createPlace(s)
  const range = {
    ...{ zoneid: place.zone, forvirtualnetwork: true, vlan: '900' },
    ...{ gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.10', endip: '203.0.113.20' },
  }
  await refused(s.call('createVlanIpRange', range), 431, /carries Public traffic/)
  const type = (await s.run('addTrafficType', { physicalnetworkid: place.physical, traffictype: 'Public' })).traffictype
  const { vlan } = await s.call('createVlanIpRange', range)
  assert.deepEqual([vlan.forvirtualnetwork, vlan.vlan, vlan.networkid], [true, 'vlan://900', undefined])
  await refused(s.call('createVlanIpRange', { ...range, startip: '203.0.113.20' }), 431, /overlaps the public range/)
  const listed = await s.call('listVlanIpRanges', { zoneid: place.zone, forvirtualnetwork: true })
  assert.deepEqual([listed.count, listed.vlaniprange[0].id], [1, vlan.id])
  await refused(s.run('deleteTrafficType', { id: type.id }), 536, /wire of 203/)
  await s.call('updateVlanIpRange', { id: vlan.id, endip: '203.0.113.30' })
  await s.call('deleteVlanIpRange', { id: vlan.id })
  await s.run('deleteTrafficType', { id: type.id })
})

test('address ranges grow, shrink and go, but never from under a guest', async (s) => {
  const place = await createPlace(s, { vlan: '100-110' })
  const networkofferingid = await offering(s, 'DefaultSharedNetworkOffering')
  const addresses = { gateway: '10.7.0.1', netmask: '255.255.255.0', startip: '10.7.0.10', endip: '10.7.0.19' }
  const { network } = await s.call('createNetwork', {
    ...{ zoneid: place.zone, name: 'n', networkofferingid, vlan: '300' },
    ...addresses,
  })
  const [range] = (await s.call('listVlanIpRanges', { networkid: network.id })).vlaniprange
  assert.equal(range.vlan, 'vlan://300')
  const free = async (): Promise<number> =>
    Number(
      (
        await s.ctx.db
          .selectFrom('user_ip_address')
          .select((eb) => eb.fn.countAll<number>().as('n'))
          .where('state', '=', 'Free')
          .where('public_ip_address', 'like', '10.7.0.%')
          .executeTakeFirstOrThrow()
      ).n,
    )
  await s.call('updateVlanIpRange', { id: range.id, startip: '10.7.0.5', endip: '10.7.0.30' })
  assert.equal(await free(), 26)
  await s.call('updateVlanIpRange', { id: range.id, endip: '10.7.0.12' })
  assert.equal(await free(), 8)
  await s.ctx.db
    .updateTable('user_ip_address')
    .set({ state: 'Allocated' })
    .where('public_ip_address', '=', '10.7.0.6')
    .execute()
  await refused(
    s.call('updateVlanIpRange', { id: range.id, startip: '10.7.0.7' }),
    536,
    /1 addresses in use would fall out/,
  )
  await refused(s.call('updateVlanIpRange', { id: range.id, gateway: '10.7.0.2' }), 536, /another gateway or netmask/)
  await refused(s.call('deleteVlanIpRange', { id: range.id }), 536, /1 of its addresses are in use \(10.7.0.6\)/)
  const wrong = { networkid: network.id, startip: '10.7.0.40', vlan: '301' }
  await refused(s.call('createVlanIpRange', wrong), 431, /is on vlan:\/\/300/)
  const more = (await s.call('createVlanIpRange', { ...wrong, vlan: 'vlan://300', endip: '10.7.0.49' })).vlan
  await refused(s.call('updateVlanIpRange', { id: more.id, startip: '10.7.0.11' }), 431, /overlaps/)
  await s.call('deleteVlanIpRange', { id: more.id })
  assert.equal(await free(), 7)
})

for (const kind of databaseKinds) {
  const skip = databaseMissing(kind)
  describe(`networks as infrastructure on ${kind}`, skip === undefined ? {} : { skip }, () => {
    let server: TestServer
    before(async () => {
      server = await startTestServer({ database: kind })
    })
    after(async () => {
      await server?.stop()
      await stopTestDatabases()
    })
    for (const { name, body } of bodies) declareTest(name, () => body(server))
  })
}
