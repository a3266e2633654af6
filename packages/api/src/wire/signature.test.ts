import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { AltoError } from '@altostack/core'
import fc from 'fast-check'
import { hmacSha1 } from '../client-wire.ts'
import type { Pair } from './parse-form.ts'
import {
  canonicalString,
  canonicalVariants,
  checkExpiry,
  constantTimeEqual,
  encodeValue,
  requirePost,
  sign,
  verifySignature,
} from './signature.ts'

const hmac = (secretKey: string, text: string): string => createHmac('sha1', secretKey).update(text).digest('base64')

type Vector = { readonly by: string; readonly secretKey: string; readonly pairs: readonly Pair[] }
// Made by the clients' own code: each signs the same requests.
const vectors = JSON.parse(
  readFileSync(new URL('./signature-vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[]

for (const { by, secretKey, pairs } of vectors) {
  test(`accepts what ${by} signs: ${pairs[0]?.[1]} with ${pairs.length} parameters`, () => {
    assert.equal(verifySignature(pairs, secretKey, hmac), true)
    assert.equal(verifySignature(pairs, `${secretKey}x`, hmac), false)
    for (const [name, value] of pairs) {
      if (name === 'signature') continue
      const forged = pairs.map((pair): Pair => (pair[0] === name ? [name, `${value}x`] : pair))
      assert.equal(verifySignature(forged, secretKey, hmac), false, `${name} is not signed`)
    }
  })
}

test('the canonical string of a request worked out by hand', () => {
  const pairs: readonly Pair[] = [
    ['name', 'A b~c*d'],
    ['command', 'deployVirtualMachine'],
    ['apiKey', 'Key'],
    ['Zone', '1'],
    ['signature', 'ignored'],
  ]
  assert.equal(canonicalString(pairs), 'zone=1&apikey=key&command=deployvirtualmachine&name=a%20b%7ec*d')
  assert.ok(canonicalVariants(pairs).includes('apikey=key&command=deployvirtualmachine&name=a%20b~c%2ad&zone=1'))
})

test('values are encoded as Java does it', () => {
  assert.equal(encodeValue("aZ09.-*_ ~!'()/+ü"), 'aZ09.-*_%20%7E%21%27%28%29%2F%2B%C3%BC')
})

test('what the client signs, the server accepts, with either HMAC', async () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => text.isWellFormed())
  const name = word.filter((text) => text !== '' && text.toLowerCase() !== 'signature')
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(name, word), { selector: ([key]) => key.toLowerCase() }),
      async (pairs) => {
        const signature = sign(pairs, 'secret', hmac)
        assert.equal(await hmacSha1('secret', canonicalString(pairs)), signature)
        assert.equal(verifySignature([...pairs, ['signature', signature]], 'secret', hmac), true)
        assert.equal(verifySignature([...pairs, ['SIGNATURE', signature]], 'secret', hmac), true)
        assert.equal(verifySignature([...pairs, ['x-added', 'y'], ['signature', signature]], 'secret', hmac), false)
      },
    ),
    { numRuns: 200 },
  )
})

test('a missing, empty or long signature is refused', () => {
  assert.equal(verifySignature([['command', 'x']], 'secret', hmac), false)
  assert.equal(verifySignature([['signature', '']], 'secret', hmac), false)
  assert.equal(verifySignature([['signature', 'a'.repeat(1000)]], 'secret', hmac), false)
})

test('comparing in constant time agrees with ===', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => constantTimeEqual(a, b) === (a === b)))
  fc.assert(fc.property(fc.string(), (a) => constantTimeEqual(a, `${a}`)))
})

const now = Date.UTC(2026, 0, 1, 12)
const at = (expires: string): readonly Pair[] => [
  ['signatureVersion', '3'],
  ['expires', expires],
]
const refused = (pairs: readonly Pair[], enforce: boolean): boolean => {
  try {
    checkExpiry(pairs, now, enforce)
    return false
  } catch (error) {
    assert.ok(error instanceof AltoError && error.api === 401)
    return true
  }
}

test('expires decides for version 3 only, unless timestamps are enforced', () => {
  assert.equal(refused([], false), false)
  assert.equal(refused([['expires', '2020-01-01T00:00:00+0000']], false), false)
  assert.equal(refused([], true), true)
  assert.equal(refused([['signatureversion', '3']], false), true)
  for (const later of [
    '2026-01-01T12:00:01+0000',
    '2026-01-01T12:00:01Z',
    '2026-01-01T14:30:00+0200',
    '2026-01-01T12:05:00 0000',
  ]) {
    assert.equal(refused(at(later), false), false, later)
    assert.equal(refused(at(later), true), later.includes('14:30'), later)
  }
  assert.equal(refused(at('2026-01-01T11:59:59+0000'), false), true)
  assert.equal(refused(at('soon'), false), true)
  assert.equal(refused(at('2026-01-01T12:15:00+0000'), true), false)
  assert.equal(refused(at('2026-01-01T12:15:01+0000'), true), true)
})

test('a state change by GET is refused only where timestamps are enforced', () => {
  requirePost('GET', false, false)
  requirePost('GET', true, true)
  requirePost('POST', true, false)
  assert.throws(() => requirePost('GET', true, false), { api: 400 })
})
