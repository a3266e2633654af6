import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guestMtu, neededUnderlay } from '@altostack/agent-api'
import { addDevice, planSegment } from './segment-plan.ts'

test('a VLAN: named after the uplink as CloudStack does', () => {
  const plan = planSegment({ kind: 'vlan', id: 100 }, 'cloudbr0', 'eth1')
  assert.deepEqual(
    { bridge: plan.bridge, device: plan.device, below: plan.below },
    { bridge: 'breth1-100', device: 'eth1.100', below: 'eth1' },
  )
  assert.equal(addDevice(plan, 1500, '').join(' '), 'link add link eth1 name eth1.100 mtu 1500 type vlan id 100')
})

test('a VLAN on a card with a long name: shorter names, the same on every start, different by card', () => {
  const plan = planSegment({ kind: 'vlan', id: 4094 }, 'cloudbr0', 'enx001122334455')
  const other = planSegment({ kind: 'vlan', id: 4094 }, 'cloudbr0', 'enx001122334456')
  for (const name of [plan.bridge, plan.device]) assert.ok(name.length <= 15, name)
  assert.deepEqual(planSegment({ kind: 'vlan', id: 4094 }, 'cloudbr0', 'enx001122334455'), plan)
  assert.notEqual(plan.bridge, other.bridge)
  assert.notEqual(plan.device, other.device)
})

test('a VXLAN: multicast group of its id, or none for a flood list', () => {
  const multicast = planSegment({ kind: 'vxlan', id: 5001, flood: 'multicast' }, 'cloudbr0', 'eth0')
  assert.equal(multicast.bridge, 'brvx-5001')
  assert.equal(
    addDevice(multicast, 1450, '10.0.0.5').join(' '),
    'link add vxlan5001 mtu 1450 type vxlan id 5001 dstport 8472 ttl 10 local 10.0.0.5 dev cloudbr0 group 239.0.19.137',
  )
  const largest = planSegment({ kind: 'vxlan', id: 16_777_215, flood: 'multicast' }, 'cloudbr0', 'eth0')
  assert.equal(largest.group, '239.255.255.255')
  assert.ok(largest.bridge.length <= 15 && largest.device.length <= 15)
  const unicast = planSegment({ kind: 'vxlan', id: 5001, flood: 'unicast' }, 'cloudbr0', 'eth0')
  assert.ok(!addDevice(unicast, 1450, '10.0.0.5').includes('group'))
})

test('MTU: VXLAN takes 50 bytes of what the underlay carries', () => {
  assert.equal(guestMtu(1500, { kind: 'vxlan' }), 1450)
  assert.equal(guestMtu(1550, { kind: 'vxlan' }), 1500)
  assert.equal(neededUnderlay(1500, { kind: 'vxlan' }), 1550)
  assert.equal(guestMtu(1500, { kind: 'vlan' }), 1500)
  assert.equal(neededUnderlay(1500, undefined), 1500)
})
