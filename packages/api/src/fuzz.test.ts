import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzz as fuzzParser } from '../fuzz/parser.ts'
import { fuzz as fuzzSignature } from '../fuzz/signature.ts'

// A taste; the gate's server layer runs 20,000 of each.
test('500 hostile requests are read or refused with 4xx', () => {
  const { parsed, refused } = fuzzParser(500, 7)
  assert.equal(parsed + refused, 500)
  assert.ok(parsed > 20 && refused > 20, `${parsed} parsed, ${refused} refused`)
})

test('500 hostile signatures verify or are refused', () => {
  assert.equal(fuzzSignature(500, 7).verified, 500)
})
