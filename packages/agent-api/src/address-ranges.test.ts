import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseIpv4 } from '@altostack/core'
import fc from 'fast-check'
import { addressRanges, expandRanges, maxRangedAddresses, mergeAddresses, rangesDigest } from './address-ranges.ts'

test('neighbours become one range; the ranges stand for exactly the addresses', () => {
  assert.deepEqual(mergeAddresses(['10.0.1.0', '10.0.0.255', '10.0.0.7', '10.0.0.254', '10.0.0.7', 'none', '']), [
    '10.0.0.7',
    '10.0.0.254-10.0.1.0',
  ])
  assert.deepEqual(mergeAddresses([]), [])
  assert.deepEqual(mergeAddresses(['255.255.255.255', '0.0.0.0']), ['0.0.0.0', '255.255.255.255'])
  const address = fc.integer({ min: 0, max: 600 }).map((low) => `10.0.${low >> 8}.${low & 255}`)
  fc.assert(
    fc.property(fc.array(address), (addresses) => {
      const ranges = mergeAddresses(addresses)
      assert.ok(addressRanges.safeParse(ranges).success)
      const byNumber = (a: string, b: string): number => (parseIpv4(a) ?? 0) - (parseIpv4(b) ?? 0)
      assert.deepEqual(expandRanges(ranges), [...new Set(addresses)].sort(byNumber))
      assert.equal(rangesDigest(ranges), rangesDigest(mergeAddresses(addresses.toReversed())))
    }),
  )
})

test('what is no range is refused, and what would fill the memory', () => {
  const bad = ['10.0.0.256', '10.0.0.9-10.0.0.8', '10.0.0.1-', '10.0.0.1-10.0.0.2-10.0.0.3', '10.0.0.0/24', '::1', 'x;']
  for (const range of bad) assert.ok(!addressRanges.safeParse([range]).success, range)
  assert.ok(!addressRanges.safeParse(['0.0.0.0-255.255.255.255']).success)
  assert.ok(!addressRanges.safeParse(['10.0.0.0-10.0.255.255', '10.1.0.0']).success)
  assert.equal(expandRanges(['10.0.0.0-10.0.255.255']).length, maxRangedAddresses)
})

test('lists that differ have different digests; none has the empty one', () => {
  assert.equal(rangesDigest([]), '')
  assert.notEqual(rangesDigest(['10.0.0.1']), rangesDigest(['10.0.0.2']))
  assert.match(rangesDigest(['10.0.0.1']), /^[0-9a-f]{32}$/)
})
