import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createModelHosts } from '../testing/model-hosts.ts'
import { insertModelZone, type ModelZone } from '../testing/model-zone.ts'
import {
  ApiCallError,
  type Params,
  startTestServer,
  type TestAccount,
  type TestServer,
} from '../testing/test-server.ts'

let s: TestServer
let zone: ModelZone
let tenant: TestAccount
let vm: string
let places: { readonly pod: string; readonly cluster: string }

describe('refusals of guests', () => {
  before(async () => {
    s = await startTestServer()
    zone = await insertModelZone(s.ctx.db, s.ctx.runtime.uuid, { hosts: 1 })
    Object.assign(s.ctx, { agents: createModelHosts(zone.hosts.map((host) => host.id)).agents })
    tenant = await s.addAccount('tenant', 'User')
    const { virtualmachine } = await s.run('deployVirtualMachine', deployment(), tenant)
    vm = virtualmachine.id
    const [cluster] = (await s.call('listClusters')).cluster
    places = { pod: cluster.podid, cluster: cluster.id }
  })
  after(async () => await s?.stop())

  function deployment(more: Params = {}): Params {
    return { serviceofferingid: zone.offering, templateid: zone.template, zoneid: zone.zone, ...more }
  }

  /** Number and code of the refusal, as the log has them. */
  async function refusal(command: string, params: Params, as: TestAccount = s.admin): Promise<string> {
    const before = s.logLines().length
    try {
      await s.call(command, params, as)
    } catch (error) {
      if (!(error instanceof ApiCallError)) throw error
      const line = s
        .logLines()
        .slice(before)
        .findLast((one) => one.msg === 'request refused')
      return `${error.errorcode} ${line?.code}`
    }
    return 'it was not refused'
  }

  const template = { name: 't', displaytext: 't', url: 'http://images.example/a', format: 'QCOW2', hypervisor: 'KVM' }

  test('what a tenant may not do with a virtual machine is refused by its own name', async () => {
    await s.call('updateConfiguration', { name: 'allow.user.force.stop.vm', value: 'false' })
    assert.equal(
      await refusal('stopVirtualMachine', { id: vm, forced: true }, tenant),
      '531 virtual-machine.force-permission',
    )
    const expunge = { id: vm, expunge: true }
    assert.equal(await refusal('destroyVirtualMachine', expunge, tenant), '531 virtual-machine.expunge-permission')
    const both = deployment({ networkids: zone.network, 'iptonetworklist[0].networkid': zone.network })
    assert.equal(await refusal('deployVirtualMachine', both, tenant), '431 virtual-machine.network')
    await s.call('updateZone', { id: zone.zone, allocationstate: 'Disabled' })
    assert.equal(await refusal('deployVirtualMachine', deployment(), tenant), '531 virtual-machine.zone-disabled')
    await s.call('updateZone', { id: zone.zone, allocationstate: 'Enabled' })
  })

  test('templates that are not taken, and one that machines were made from', async () => {
    const shown = { ...template, zoneid: zone.zone, isfeatured: true }
    assert.equal(await refusal('registerTemplate', shown, tenant), '531 template.public')
    assert.equal(await refusal('deleteTemplate', { id: zone.template }), '536 template.in-use')
    const second = await s.call('createZone', {
      name: 'zone2',
      dns1: '10.0.0.1',
      internaldns1: '10.0.0.1',
      networktype: 'Advanced',
    })
    const forced = { id: zone.template, forced: true, zoneid: second.zone.id }
    assert.equal(await refusal('deleteTemplate', forced), '431 template.zone')
    await s.call('updateZone', { id: second.zone.id, name: 'zone-two' })
    await s.call('deleteZone', { id: second.zone.id })
  })

  test('pools, hosts, pods and clusters', async () => {
    assert.equal(await refusal('deleteStoragePool', { id: zone.pool.uuid }), '536 storage.in-use')
    const where = { zoneid: zone.zone, podid: places.pod, clusterid: places.cluster }
    const host = { ...where, hypervisor: 'KVM', username: 'root', password: 'x' }
    assert.equal(await refusal('addHost', { ...host, url: 'ftp://10.0.0.9' }), '431 host.url')
    const local = { ...where, name: 'l', scope: 'HOST', url: 'filesystem://kvm1/var/lib/x' }
    assert.equal(await refusal('createStoragePool', local), '431 storage.local-disabled')
    const { pod } = await s.call('createPod', {
      zoneid: zone.zone,
      name: 'pod2',
      gateway: '10.9.0.1',
      netmask: '255.255.255.0',
      startip: '10.9.0.10',
      endip: '10.9.0.20',
    })
    const cluster = {
      zoneid: zone.zone,
      podid: pod.id,
      clustername: 'c2',
      clustertype: 'CloudManaged',
      hypervisor: 'KVM',
    }
    const [added] = (await s.call('addCluster', cluster)).cluster
    await s.call('updateCluster', { id: added.id, clustername: 'c-two' })
    await s.call('deleteCluster', { id: added.id })
    await s.call('updatePod', { id: pod.id, name: 'pod-two' })
    await s.call('deletePod', { id: pod.id })
    const types = (await s.ctx.db.selectFrom('event').select('type').distinct().execute()).map((row) => row.type)
    for (const type of ['CLUSTER.EDIT', 'CLUSTER.DELETE', 'POD.EDIT', 'POD.DELETE', 'ZONE.EDIT', 'ZONE.DELETE']) {
      assert.ok(types.includes(type), type)
    }
  })
})
