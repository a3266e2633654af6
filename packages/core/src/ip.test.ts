import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  containsIpv4,
  formatCidr,
  formatIpv4,
  isPrivateIpv4,
  netmaskBits,
  netmaskOf,
  parseCidr,
  parseIpv4,
} from './ip.ts'

test('addresses round-trip', () => {
  fc.assert(fc.property(fc.nat(0xffffffff), (value) => assert.equal(parseIpv4(formatIpv4(value)), value)))
})

test('sloppy forms are refused', () => {
  for (const bad of [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '256.1.1.1',
    '1.2.3.x',
    ' 1.2.3.4',
    '1.2.3.-4',
    '0x1.2.3.4',
  ]) {
    assert.equal(parseIpv4(bad), undefined, bad)
  }
})

test('netmasks have only leading ones', () => {
  for (let bits = 0; bits <= 32; bits++) assert.equal(netmaskBits(netmaskOf(bits)), bits)
  assert.equal(netmaskBits('255.0.255.0'), undefined)
})

test('networks know their bounds', () => {
  const network = parseCidr('10.1.2.3/24')
  assert.ok(network)
  assert.equal(formatCidr(network), '10.1.2.0/24')
  assert.ok(containsIpv4(network, parseIpv4('10.1.2.255') ?? 0))
  assert.ok(!containsIpv4(network, parseIpv4('10.1.3.0') ?? 0))
  assert.ok(isPrivateIpv4(parseIpv4('172.31.255.255') ?? 0))
  assert.ok(!isPrivateIpv4(parseIpv4('172.32.0.0') ?? 0))
})
