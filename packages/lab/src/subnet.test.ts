import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chooseSubnet, cidrRange, hostAddress, serverAddress, takenRanges } from './subnet.ts'

test('a range covers what its prefix says', () => {
  assert.deepEqual(cidrRange('10.1.2.3/24'), { first: 0x0a010200, last: 0x0a0102ff })
  assert.deepEqual(cidrRange('255.255.255.255'), { first: 0xffffffff, last: 0xffffffff })
  for (const text of ['default', '10.0.0', '10.0.0.256', '10.0.0.1/33', 'fe80::1/64', '']) {
    assert.equal(cidrRange(text), undefined)
  }
})

test('the chosen subnet never overlaps a range that is taken', () => {
  const octet = fc.integer({ min: 0, max: 255 })
  const cidr = fc
    .tuple(fc.constant(10), fc.integer({ min: 60, max: 130 }), octet, octet, fc.integer({ min: 12, max: 32 }))
    .map(([a, b, c, d, bits]) => `${a}.${b}.${c}.${d}/${bits}`)
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9a-f]{5}$/), fc.array(cidr, { maxLength: 20 }), (id, cidrs) => {
      const taken = cidrs.map((each) => cidrRange(each)!)
      const range = cidrRange(`${chooseSubnet(id, taken)}.0/24`)!
      for (const other of taken) assert.ok(other.last < range.first || range.last < other.first)
    }),
  )
})

test('when every subnet is taken it says so', () => {
  assert.throws(() => chooseSubnet('a1b2c', [cidrRange('10.64.0.0/10')!]), { code: 'lab.subnet' })
})

test('routes and addresses of the machine count as taken, the default route does not', () => {
  const routes = [{ dst: 'default', gateway: '192.0.2.1' }, { dst: '192.0.2.0/24' }]
  const addresses = [{ ifname: 'eth0', addr_info: [{ local: '198.51.100.7', prefixlen: 28 }] }, { ifname: 'lo' }]
  assert.deepEqual(takenRanges(routes, addresses), [cidrRange('192.0.2.0/24'), cidrRange('198.51.100.0/28')])
})

test('server and hosts have addresses of their own', () => {
  assert.equal(serverAddress('10.64.7'), '10.64.7.1')
  assert.equal(hostAddress('10.64.7', 0), '10.64.7.11')
  assert.equal(hostAddress('10.64.7', 98), '10.64.7.109')
})
